// Package progress shows on one line of a terminal how an analysis is going, and removes the line at
// the end.
//
// The line is redrawn with a carriage return and blanks, which every terminal understands. The
// caller decides whether there is a terminal; without one, do not make a Progress.
package progress

import (
	"io"
	"strings"
	"sync"
	"time"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/ui/display"
)

const (
	// every is how often the line is drawn at most: ten times a second.
	every = 100 * time.Millisecond
	// defaultWidth is taken where the terminal does not say how wide it is.
	defaultWidth = 80
	// maxBar and minBar bound the bar; without room for minBar there is none.
	maxBar, minBar = 30, 8
)

// Progress is the line. Its methods may be called from any goroutine.
type Progress struct {
	w       io.Writer
	width   func() int
	charset display.Charset
	now     func() time.Time

	mu     sync.Mutex
	rate   Rate
	phase  analyze.Phase
	since  time.Time // when the phase began
	name   string    // of the image, escaped
	drawn  time.Time
	cells  int // that the line on the screen takes
	closed bool
}

// New returns a Progress that draws on w. It asks width for the columns before
// each drawing, so that the line follows a window that changes; an answer of 0
// or less stands for 80.
func New(w io.Writer, width func() int, charset display.Charset) *Progress {
	return &Progress{w: w, width: width, charset: charset, now: time.Now}
}

// Event takes note of an event and draws the line, unless it was drawn a moment
// ago and the phase is still the same. It is fit to be the receiver of an
// analysis's events. An error of the terminal is nobody's business.
func (p *Progress) Event(e analyze.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if e.Report != nil {
		p.name = p.charset.Escape(e.Report.Image.Reference)
	}
	now := p.now()
	p.rate.Add(now, e.Done)
	if e.Phase == p.phase && now.Sub(p.drawn) < every {
		return
	}
	if e.Phase != p.phase {
		p.since = now
	}
	p.phase, p.drawn = e.Phase, now
	width := p.width()
	if width <= 0 {
		width = defaultWidth
	}
	// The last column stays free: a full line makes some terminals wrap.
	p.draw(p.line(e, width-1))
}

// Close takes the line away. What is drawn afterwards stands where it stood;
// events that come later are ignored.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.cells > 0 {
		p.draw("")
		_, _ = io.WriteString(p.w, "\r")
	}
}

// draw puts a line over the one on the screen.
func (p *Progress) draw(line string) {
	cells := display.Width(line)
	_, _ = io.WriteString(p.w, "\r"+line+strings.Repeat(" ", max(p.cells-cells, 0)))
	p.cells = cells
}

// line is what there is to say, in at most width cells: what is read, a bar,
// and the figures; the bar goes first where room is short, then the name.
func (p *Progress) line(e analyze.Event, width int) string {
	if e.Phase == analyze.Packing {
		what := strings.TrimSpace(string(e.Phase) + " " + p.name)
		if long := p.now().Sub(p.since); long >= time.Second {
			what += ", " + display.Waited(long)
		}
		return p.charset.Truncate(what, width)
	}
	if e.Phase != analyze.Reading {
		return p.charset.Truncate(strings.TrimSpace(string(e.Phase)+" "+p.name), width)
	}
	figures := p.figures(e)
	what := strings.TrimSpace(string(e.Phase) + " " + p.name)
	room := width - display.Width(figures) - 2
	if bar := min(room-display.Width(what)-2, maxBar); bar >= minBar && e.Total > 0 {
		return what + "  " + p.charset.Bar(e.Done, 0, e.Total, bar) + "  " + figures
	}
	if room >= display.Width(string(e.Phase)) {
		return p.charset.Truncate(what, room) + "  " + figures
	}
	return p.charset.Truncate(figures, width)
}

// figures says how much is done, how fast, and how long it will take, as far as
// each is known.
func (p *Progress) figures(e analyze.Event) string {
	facts := []string{display.Bytes(e.Done)}
	if e.Total > 0 {
		done := min(e.Done, e.Total)
		facts = []string{display.Percent(done, e.Total), display.Bytes(done) + " of " + display.Bytes(e.Total)}
	}
	if rate := p.rate.PerSecond(); rate > 0 {
		facts = append(facts, display.Bytes(int64(rate))+"/s")
	}
	if left, ok := p.rate.Left(e.Total); ok && e.Total > e.Done {
		facts = append(facts, display.Duration(left.Round(time.Second))+" left")
	}
	return strings.Join(facts, ", ")
}

// Count draws how many of something are done, where bytes would not tell how far the work is.
// It shares the line with Event.
func (p *Progress) Count(what string, done, all int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.closed || done > 0 && done < all && now.Sub(p.drawn) < every {
		return
	}
	p.drawn = now
	width := p.width()
	if width <= 0 {
		width = defaultWidth
	}
	what, figures := p.charset.OneLine(what), display.Count(done)+" of "+display.Count(all)
	room := width - 1 - display.Width(figures) - 2
	line := p.charset.Truncate(what, max(room, 1))
	if bar := min(room-display.Width(line)-2, maxBar); bar >= minBar {
		line += "  " + p.charset.Bar(int64(done), 0, int64(max(all, 1)), bar)
	}
	p.draw(p.charset.Truncate(line+"  "+figures, width-1))
}
