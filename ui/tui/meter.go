package tui

import (
	"strconv"
	"time"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/progress"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// meter is how far the analysis got, and how fast it goes.
type meter struct {
	running, stopping bool
	phase             analyze.Phase
	since, now        time.Time // when the phase began, and the latest event came
	done, total       int64
	read, layers      int
	speed             progress.Rate
}

func (p *meter) event(e analyze.Event, at time.Time) {
	if p.phase != e.Phase || p.since.IsZero() {
		p.since = at
	}
	p.now = at
	p.phase, p.done, p.total, p.read = e.Phase, e.Done, e.Total, e.LayersRead
	if e.Report != nil {
		p.layers = e.Report.Image.Layers
	}
	p.speed.Add(at, e.Done)
}

// percent is 0 to 100; -1 while the total is not known.
func (p *meter) percent() int {
	if p.total <= 0 {
		return -1
	}
	return int(min(p.done*100/p.total, 100))
}

// draw writes what is going on, as much of it as fits.
func (p *meter) draw(l *draw.Line) {
	th := l.Theme
	what := "opening the image"
	switch {
	case p.stopping:
		what = "stopping"
	case p.phase == analyze.Reading && p.layers > 0:
		what = "reading layer " + strconv.Itoa(min(p.read+1, p.layers)) + " of " + strconv.Itoa(p.layers)
	case p.phase == analyze.Reading:
		what = "reading"
	case p.phase == analyze.Packing:
		what = string(p.phase) + " the image"
		if p.total > 0 {
			what = string(p.phase) + " " + display.Bytes(p.total)
		}
		if long := p.now.Sub(p.since); long >= time.Second {
			what += ", " + display.Waited(long)
		}
	case p.phase == analyze.Waiting:
		what = string(p.phase)
	case p.phase == analyze.Judging:
		what = "comparing"
	}
	percent := p.percent()
	if p.phase != analyze.Reading || percent < 0 {
		l.Add(th.Dim, what+" "+th.Charset.Ellipsis)
		return
	}
	facts := []string{display.PadLeft(strconv.Itoa(percent)+" %", 5), display.Bytes(p.done) + " of " + display.Bytes(p.total)}
	if rate := p.speed.PerSecond(); rate > 0 {
		facts = append(facts, display.Bytes(int64(rate))+"/s")
	}
	if left, ok := p.speed.Left(p.total); ok {
		facts = append(facts, display.Duration(left)+" left")
	}
	for display.Width(what)+9+width(facts) > l.Left() && len(facts) > 1 {
		facts = facts[:len(facts)-1]
	}
	l.Add(th.Dim, what).Gap(2)
	l.Bar(p.done, 0, p.total, max(min(30, l.Left()-width(facts)-1), 4), true)
	for i, fact := range facts {
		style := th.Dim
		if i == 0 {
			style = th.Strong
		}
		l.Gap(2).Add(style, fact)
	}
}

// width is what facts take with the gaps before them.
func width(facts []string) int {
	w := 0
	for _, fact := range facts {
		w += 2 + display.Width(fact)
	}
	return w
}
