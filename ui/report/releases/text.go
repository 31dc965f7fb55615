package releases

import (
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

const (
	maxNameWidth = 24
	dateWidth    = 11 // with the space before it
	sizeWidth    = 9
	vainWidth    = len("for nothing")
	briefLines   = 6
	briefOrder   = 12
	briefBase    = 3
	minBarWidth  = 8
	linesIndent  = sizeWidth + 2
	shownRelease = 30
)

// Text writes a row of releases for a person.
type Text Options

// Write implements Writer.
func (t Text) Write(w io.Writer, r *model.Releases) error {
	p := &page{Page: view.NewPage(nil, t.Width, t.Color, t.ASCII, t.Verbose), r: r}
	p.columns()
	p.header()
	p.table()
	p.lines()
	p.order()
	p.notes()
	return p.Flush(w)
}

type page struct {
	*view.Page
	r     *model.Releases
	names int  // cells of the column of names
	dates bool // there is room for dates
	used  int  // cells of all columns but the bars
}

// columns gives the columns their widths: the names as much as they need, and the dates
// where there is room for them.
func (p *page) columns() {
	figures := 2 * (sizeWidth + 1)
	if p.r.Read {
		figures += vainWidth + 1
	}
	for i := range p.r.Releases {
		p.names = max(p.names, display.Width(p.Escape(Name(p.r, i))))
	}
	p.names = min(max(p.names, len("release")), maxNameWidth)
	p.dates = p.names+dateWidth+figures <= p.Width
	if p.dates {
		figures += dateWidth
	}
	p.names = max(min(p.names, p.Width-figures), 1)
	p.used = p.names + figures
}

func (p *page) header() {
	what := strings.TrimSuffix(commonRepository(p.r), ":")
	count := display.Plural(len(p.r.Releases), "release")
	if what == "" {
		p.Add(p.Strong(count))
	} else {
		p.Add(p.Strong(p.Truncate(p.Escape(what), p.Width-len(count)-3)) + " " + p.Dot + " " + count)
	}
	if text := sentence(p.r); text != "" {
		p.Say(p.Strong, text)
	}
	p.Add("")
}

// table has a line a release: what it weighs, and what of it is new.
func (p *page) table() {
	head := display.Pad(p.Truncate("release", p.names), p.names)
	if p.dates {
		head += display.Pad(" created", dateWidth)
	}
	head += display.PadLeft("to pull", sizeWidth+1) + display.PadLeft("new", sizeWidth+1)
	if p.r.Read {
		head += " for nothing"
	}
	p.Add(p.Faint(p.Truncate(head, p.Width)))
	first := 0
	if left := len(p.r.Releases) - shownRelease; left > 0 && !p.Verbose {
		p.Add(p.Faint(display.Plural(left, "earlier release") + ", -v shows all"))
		first = left
	}
	most := int64(1)
	for i := range p.r.Releases {
		if size := p.r.Releases[i].CompressedSize; size != nil {
			most = max(most, *size)
		}
	}
	for i := first; i < len(p.r.Releases); i++ {
		p.release(i, most)
	}
}

func (p *page) release(i int, most int64) {
	r := &p.r.Releases[i]
	line := display.Pad(p.Truncate(p.Escape(Name(p.r, i)), p.names), p.names)
	if r.Error != "" {
		p.Add(line + " " + p.Bad(p.Truncate(p.OneLine(r.Error), p.Width-p.names-1)))
		return
	}
	if p.dates {
		date := ""
		if r.Created != nil {
			date = r.Created.UTC().Format("2006-01-02")
		}
		line += display.Pad(" "+date, dateWidth)
	}
	line += " " + p.size(r.CompressedSize) + " " + p.size(r.PullBytes)
	if p.r.Read {
		again := display.PadLeft(p.size(r.PulledAgainBytes), vainWidth)
		if r.PulledAgainBytes != nil && *r.PulledAgainBytes > 0 {
			again = p.Bad(again)
		}
		line += " " + again
	}
	if room := p.Width - p.used - 2; room >= minBarWidth && r.CompressedSize != nil && r.PullBytes != nil {
		line += "  " + p.bar(r, most, room)
	}
	p.Add(strings.TrimRight(line, " "))
}

// bar draws what those have who have the release before, what is new, and what is pulled
// for nothing.
func (p *page) bar(r *model.Release, most int64, room int) string {
	cells := func(n int64) int { return int(n * int64(room) / most) }
	again := int64(0)
	if r.PulledAgainBytes != nil {
		again = *r.PulledAgainBytes
	}
	kept, fresh, vain := "·", "█", "▒"
	if p.Charset.Ellipsis == display.ASCII.Ellipsis {
		kept, fresh, vain = ".", "#", "x"
	}
	end := cells(*r.CompressedSize)
	old := cells(*r.CompressedSize - *r.PullBytes)
	newEnd := max(cells(*r.CompressedSize-again), old)
	return p.Faint(strings.Repeat(kept, old)) + p.Gain(strings.Repeat(fresh, newEnd-old)) + p.Bad(strings.Repeat(vain, max(end-newEnd, 0)))
}

func (p *page) size(n *int64) string {
	if n == nil {
		return display.PadLeft(p.None, sizeWidth)
	}
	return display.PadLeft(display.Bytes(*n), sizeWidth)
}

// lines are the instructions that made people pull.
func (p *page) lines() {
	all := Volatile(p.r)
	if len(all) == 0 {
		return
	}
	p.Add("", p.Strong("What made them pull"))
	shown := len(all)
	if !p.Verbose {
		shown = min(shown, briefLines)
	}
	for _, i := range all[:shown] {
		l := &p.r.Lines[i]
		p.Add(p.size(l.Bytes) + "  " + p.line(l, p.Width-linesIndent))
		fact := Often(p.r, l)
		if l.AgainBytes != nil && *l.AgainBytes > 0 {
			fact += "; " + display.Bytes(*l.AgainBytes) + " for nothing"
		}
		if l.Release < len(p.r.Releases)-1 {
			fact += "; gone since " + p.Escape(Name(p.r, l.Release+1))
		}
		p.Add(strings.Repeat(" ", linesIndent) + p.Faint(p.Truncate(fact, p.Width-linesIndent)))
	}
	for _, reason := range Reasons(p.r) {
		p.Say(func(s string) string { return s }, p.OneLine(reason))
	}
	if left := len(all) - shown; left > 0 {
		p.Add(p.Faint(strings.Repeat(" ", linesIndent) + display.Count(left) + " more, -v shows all"))
	}
}

func (p *page) line(l *model.ReleasedLine, width int) string {
	name := place(l)
	if text := p.OneLine(view.Clip(l.Step.Text)); name == "" {
		name = text
	} else if text != "" {
		name += ": " + text
	}
	return p.Truncate(name, width)
}

// order is the order of lines that would have been pulled least.
func (p *page) order() {
	text := Order(p.r)
	if text == "" {
		return
	}
	p.Add("", p.Strong("A better order"))
	p.Say(func(s string) string { return s }, text)
	base := BaseLines(p.r)
	for n, i := range base {
		if n == briefBase && len(base) > briefBase+1 && !p.Verbose {
			p.Add(p.Faint("  " + display.Count(len(base)-n) + " more lines of the base, -v shows all"))
			break
		}
		p.Add(p.Faint("  " + p.line(&p.r.Lines[i], p.Width-2)))
	}
	shown := len(p.r.Order)
	if !p.Verbose {
		shown = min(shown, briefOrder)
	}
	for _, i := range p.r.Order[:shown] {
		p.Add("  " + p.line(&p.r.Lines[i], p.Width-2))
	}
	if left := len(p.r.Order) - shown; left > 0 {
		p.Add(p.Faint("  " + display.Count(left) + " more, -v shows all"))
	}
}

func (p *page) notes() {
	if len(p.r.Notes) > 0 {
		p.Add("")
	}
	for _, note := range p.r.Notes {
		p.Say(p.Faint, "note: "+p.OneLine(note))
	}
}
