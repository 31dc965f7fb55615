package beside

import (
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// Rows draws the page, each row as wide as the page and as many as it is high.
func (p *Page) Rows() []string {
	switch {
	case p.whole != nil:
		b := draw.Box{Width: p.width, Upper: p.height - 2}
		part := draw.Part{Title: []draw.Tab{{Text: p.textTitle, Active: true}}, Top: p.whole.top, Count: len(p.text), Rows: p.textRows(p.whole.top, b.Upper)}
		return draw.Frame(p.th, b, true, part, draw.Part{})
	case !p.layout.split:
		return p.frame(p.current(), p.layout.upper, true, p.tabs(true), true)
	}
	rows := p.frame(p.lists[0], p.layout.upper, !p.lower, []draw.Tab{{Text: p.lists[0].title, Active: true}}, false)
	return append(rows, p.frame(p.lists[p.at], p.layout.under, p.lower, p.tabs(false), true)...)
}

// current is the list that is on the screen where there is one only.
func (p *Page) current() *list { return p.focused() }

// tabs are the names of the lists, with their keys.
func (p *Page) tabs(all bool) (tabs []draw.Tab) {
	for i, l := range p.lists {
		switch {
		case i > 0:
			tabs = append(tabs, draw.Tab{Text: strconv.Itoa(i) + " " + l.title, Active: i == p.at && (p.lower || !all)})
		case all:
			tabs = append(tabs, draw.Tab{Text: l.title, Active: !p.lower})
		}
	}
	return tabs
}

// part is a list's part of a box, without its rows.
func part(l *list, tabs []draw.Tab) draw.Part {
	part := draw.Part{Title: tabs, Top: l.Top, Count: l.Count}
	if l.Count > 0 {
		part.Position = display.Count(l.Cursor+1) + "/" + display.Count(l.Count)
	}
	return part
}

func (p *Page) frame(l *list, b draw.Box, focused bool, tabs []draw.Tab, text bool) []string {
	upper := part(l, tabs)
	if l.Count == 0 {
		upper.Rows = draw.Centred(p.th, p.th.Dim, p.empty(l), b.Inner(), b.Upper)
	} else {
		if l.filter != "" {
			upper.Rows = append(upper.Rows, draw.FilterRow(p.th, b.Inner(), l.filter, l.said()))
		}
		head := draw.NewLine(p.th, b.Inner())
		p.heading(head, l)
		upper.Rows = append(upper.Rows, head.String())
		for i := l.Top; i < l.Top+l.Height && i < l.Count; i++ {
			row := draw.NewLine(p.th, b.Inner())
			if i == l.Cursor {
				row.Highlight(focused)
				row.Paint(p.th.Accent, p.th.Cursor)
			} else {
				row.Gap(1)
			}
			p.row(row, l, i)
			upper.Rows = append(upper.Rows, row.String())
		}
	}
	lower := draw.Part{}
	if text && b.Lower > 0 {
		lower = draw.Part{Title: []draw.Tab{{Text: p.textTitle, Active: true}}, Top: p.textTop, Count: len(p.text), Rows: p.textRows(p.textTop, b.Lower)}
	}
	return draw.Frame(p.th, b, focused, upper, lower)
}

func (p *Page) textRows(top, height int) (rows []string) {
	for i := top; i < len(p.text) && i < top+height; i++ {
		rows = append(rows, p.th.Inset(p.text[i]))
	}
	return rows
}

// empty says why a list has no rows.
func (p *Page) empty(l *list) string {
	switch {
	case l.filter != "":
		return "Nothing here matches " + p.th.OneLine(l.filter, 40) + "; Esc shows all."
	case l.name == "files" && p.c.Paths == nil:
		return "Which files changed is not known: a saved report names them only when it was written with --files."
	case l.name == "steps":
		return "Nothing is known of how these images were built."
	}
	return "No " + l.name + " came, went or changed."
}

// columns are the columns of figures in a list's rows.
type columns struct {
	before, predicted, now, change bool
	cause                          int // width of the cause, 0 for none
}

func (p *Page) columns(l *list, width int) columns {
	c := columns{change: true}
	if width >= 60 {
		c.before, c.now = true, true
		c.predicted = l.name == "findings" && p.Predicted()
	}
	if l.name != "steps" && width >= 72 {
		c.cause = 22
		if c.predicted && width < 90 {
			c.cause = 14
		}
	}
	return c
}

const changeWidth = display.BytesWidth + 1

// heading draws the names of the columns, and what the list is sorted by.
func (p *Page) heading(head *draw.Line, l *list) {
	th := p.th
	if p.abreast(l, head.Width) {
		p.abreastHeading(head)
		return
	}
	c := p.columns(l, head.Width)
	head.To(4)
	figure := func(on bool, name string, width int) {
		if on {
			head.Figure(th.Dim, name, width).Gap(2)
		}
	}
	figure(c.before, "before", display.BytesWidth)
	figure(c.predicted, "predicted", len("predicted"))
	figure(c.now, "now", display.BytesWidth)
	figure(c.change, "change", changeWidth)
	head.Add(th.Dim, orderNames[l.order])
	if c.cause > 0 {
		head.To(head.Width-c.cause-1).Add(th.Dim, "because of")
	}
}

// row draws a row of a list.
func (p *Page) row(l *draw.Line, of *list, i int) {
	r := of.at(i)
	if p.abreast(of, l.Width) {
		p.abreastRow(l, of, r, i)
		return
	}
	th := p.th
	c := p.columns(of, l.Width)
	sign, style := p.sign(r)
	l.To(2).Paint(style, sign).Gap(1)
	text := th.Text
	if r.same {
		text = th.Dim
	}
	if c.before {
		p.size(l, th.Dim, r.bytes.Old).Gap(2)
	}
	if c.predicted {
		l.Gap(len("predicted") - display.BytesWidth)
		if r.predicted != nil {
			p.size(l, th.Dim, *r.predicted).Gap(2)
		} else {
			l.Gap(display.BytesWidth + 2)
		}
	}
	if c.now {
		p.size(l, text, r.bytes.New).Gap(2)
	}
	p.change(l, r).Gap(2)
	stop := l.Width - 1
	if c.cause > 0 {
		stop -= c.cause + 2
	}
	p.name(l, of, r, i, text, stop)
	if c.cause > 0 {
		l.To(l.Width-c.cause-1).AddWithin(th.Dim, p.because(r), c.cause)
	}
}

// name draws what a row is about, up to a column.
func (p *Page) name(l *draw.Line, of *list, r *row, i int, text lipgloss.Style, stop int) {
	th := p.th
	switch {
	case r.what == ofStep && len(r.fold) > 0:
		p.folded(l, of, r, i, stop)
	case r.what == ofStep:
		if r.nested {
			l.Gap(2)
		}
		p.step(l, r.cause, text, stop)
	case r.what == ofPath:
		l.AddWithin(text, th.Charset.TruncatePath(th.Path(r.name), stop-l.Used), stop-l.Used)
	case r.what == ofPackage:
		l.AddWithin(text, th.OneLine(r.name, l.Width), stop-l.Used)
		if versions := p.versions(&p.c.Packages[r.index]); stop-l.Used > display.Width(versions)+1 {
			l.Gap(1).Add(th.Dim, versions)
		}
	default:
		l.Words(text, th.OneLine(r.name, l.Width), stop-l.Used)
	}
}

// folded draws the base image as one row.
func (p *Page) folded(l *draw.Line, of *list, r *row, i, stop int) {
	mark := p.th.DirClosed
	if of.open[of.shown[i].row] {
		mark = p.th.DirOpen
	}
	l.Paint(p.th.Dim, mark).Gap(1).AddWithin(p.th.Keyword, "base", stop-l.Used).Gap(1)
	l.AddWithin(p.th.Dim, p.th.OneLine(r.name, l.Width)+", as before", stop-l.Used)
}

// step draws an instruction: its number, its keyword, what it does.
func (p *Page) step(l *draw.Line, s *model.Step, text lipgloss.Style, stop int) {
	if s == nil {
		return
	}
	th := p.th
	if number := stepNumber(s); number != "" {
		l.Figure(th.Dim, number, 2).Gap(1)
	} else {
		l.Gap(3)
	}
	if s.Instruction == nil {
		l.AddWithin(th.Dim, p.cause(s), stop-l.Used)
		return
	}
	l.AddWithin(th.Keyword, th.OneLine(s.Keyword, l.Width), stop-l.Used).Gap(1)
	rest := strings.TrimSpace(strings.TrimPrefix(s.Text, s.Keyword))
	l.Words(text, th.OneLine(pane.GistWithin(s.Keyword, rest, th.Charset, stop-l.Used), l.Width), stop-l.Used)
}

// sign is what became of a thing, as one character.
func (p *Page) sign(r *row) (string, lipgloss.Style) {
	th := p.th
	switch {
	case forNothing(r.again) > max(weight(r), 0):
		return th.Again, th.Removed
	case r.same:
		return " ", th.Dim
	case r.kind == model.Added:
		return th.Came, th.Removed
	case r.kind == model.Removed:
		return th.Went, th.Added
	case r.bytes.Growth > 0:
		return th.Grew, th.Removed
	case r.bytes.Growth < 0:
		return th.Shrank, th.Added
	}
	return th.Other, th.Accent
}

// size draws a size, and a dot for none.
func (p *Page) size(l *draw.Line, style lipgloss.Style, bytes int64) *draw.Line {
	if bytes == 0 {
		return l.Figure(p.th.Dim, p.th.Charset.Dot, display.BytesWidth)
	}
	return l.Figure(style, display.Bytes(bytes), display.BytesWidth)
}

// change draws what a thing gained or lost: what is more weighs on one, what is less
// relieves.
func (p *Page) change(l *draw.Line, r *row) *draw.Line {
	text, style := p.growth(r.bytes.Growth)
	return l.Figure(style, text, changeWidth)
}

func (p *Page) growth(bytes int64) (string, lipgloss.Style) {
	switch {
	case bytes > 0:
		return "+" + display.Bytes(bytes), p.th.Removed
	case bytes < 0:
		return p.th.Charset.Minus + display.Bytes(-bytes), p.th.Added
	}
	return p.th.Charset.Dot, p.th.Dim
}
