package draw

import (
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// MaxText is how many bytes of one text from an image are shown. Readers do not go on after so
// much, and a hostile config can hold a text of 32 MiB.
const MaxText = 32 << 10

// OneLine makes a text from the image printable on one row. Only the start of
// it that a row of so many columns could show is looked at.
func (t *Theme) OneLine(s string, columns int) string {
	if limit := 4*columns + 16; len(s) > limit {
		s = s[:limit] // a rune cut in two is beyond what the row shows
	}
	return t.Charset.OneLine(s)
}

// Name makes a file's name printable in so many columns. Its end stays in
// sight, with the extension.
func (t *Theme) Name(s []byte, columns int) string {
	text := string(s)
	if limit := 4*columns + 16; len(s) > 2*limit {
		text = string(s[:limit]) + string(s[len(s)-limit:])
	}
	return t.Charset.TruncatePath(t.Charset.Escape(text), max(columns, 0))
}

// Clip cuts a text that is too long to be read, and says so.
func Clip(s string) string {
	if len(s) <= MaxText {
		return s
	}
	return s[:MaxText] + "\n(" + display.Bytes(int64(len(s)-MaxText)) + " more)"
}

// Instruction lays an instruction out in lines of so many columns.
func (t *Theme) Instruction(s string, columns int) []string {
	return t.Charset.Instruction(Clip(s), columns)
}

// Paragraph is a page's piece of running text: wrapped, each line as wide as
// the page.
func (p *Page) Paragraph(style lipgloss.Style, text string) {
	for _, part := range display.Wrap(p.Theme.Charset.Escape(Clip(text)), p.Width) {
		p.Row(style, part)
	}
}

// Page collects the rows of a text that scrolls as a whole.
type Page struct {
	Theme *Theme
	Width int // in columns
	Rows  []string
}

// Line begins a row as wide as the page.
func (p *Page) Line() *Line { return NewLine(p.Theme, p.Width) }

// End appends a row that Line began.
func (p *Page) End(l *Line) {
	if p.Theme.Accessible {
		p.Rows = append(p.Rows, strings.TrimSpace(l.out.String()))
		return
	}
	p.Rows = append(p.Rows, l.String())
}

// Row appends a row of one text, cut where it is too long.
func (p *Page) Row(style lipgloss.Style, text string) { p.End(p.Line().Add(style, text)) }

// Blank leaves a row empty, but never the first and never two in a row.
func (p *Page) Blank() {
	if p.Theme.Accessible {
		return // each row is a sentence of its own
	}
	empty := NewLine(p.Theme, p.Width).String()
	if n := len(p.Rows); n > 0 && p.Rows[n-1] != empty {
		p.Rows = append(p.Rows, empty)
	}
}

// List writes short facts side by side, as many in a row as fit.
func (p *Page) List(style lipgloss.Style, facts ...string) {
	dot := p.Theme.Between()
	row := ""
	for _, fact := range facts {
		if row != "" && display.Width(row)+display.Width(dot)+display.Width(fact) > p.Width {
			p.Row(style, row)
			row = ""
		}
		if row != "" {
			row += dot
		}
		row += fact
	}
	p.Row(style, row)
}

// FactColumn is where the value of a fact begins.
const FactColumn = 10

// Fact is a name and a value; the value is wrapped in a column of its own.
func (p *Page) Fact(name, value string) {
	if p.Theme.Accessible {
		p.Paragraph(p.Theme.Text, name+": "+value)
		return
	}
	for i, part := range display.Wrap(p.Theme.Charset.Escape(Clip(value)), max(p.Width-FactColumn, 8)) {
		l := p.Line()
		if i == 0 {
			l.AddWithin(p.Theme.Dim, name, FactColumn-1)
		}
		p.End(l.To(FactColumn).Add(p.Theme.Text, part))
	}
}

// StepName is an instruction of a report on one row: its step number, or that it is the base
// image's, and its text.
func (t *Theme) StepName(r *model.Report, index, columns int) string {
	if index < 0 || index >= len(r.Instructions) {
		return "an unknown instruction"
	}
	in := &r.Instructions[index]
	text := t.OneLine(in.Text, columns)
	switch n := r.StepNumber(index); {
	case n > 0:
		return "step " + strconv.Itoa(n) + ", " + text
	case in.Inherited:
		return "the base image, " + text
	}
	return text
}

// Path makes a whole path printable. Names can be 64 KiB long and 4,096 deep;
// what no screen can hold is left out before it is looked at.
func (t *Theme) Path(s string) string {
	const most = 2 << 10
	if len(s) > most {
		s = s[:most/2] + t.Charset.Ellipsis + s[len(s)-most/2:]
	}
	return t.Charset.Escape(s)
}
