package tui

import (
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// maxRead is how many bytes of one text from an image are looked at. Nobody
// reads on after so much, and a hostile config can hold 32 MiB of it.
const maxRead = 32 << 10

// oneLine makes a text from the image printable on one row. Only the start of
// it that a row of so many columns could show is looked at.
func (t *theme) oneLine(s string, columns int) string {
	if limit := 4*columns + 16; len(s) > limit {
		s = s[:limit] // a rune cut in two is beyond what the row shows
	}
	return t.charset.OneLine(s)
}

// name makes a file's name printable in so many columns. Its end stays in
// sight, with the extension.
func (t *theme) name(s []byte, columns int) string {
	text := string(s)
	if limit := 4*columns + 16; len(s) > 2*limit {
		text = string(s[:limit]) + string(s[len(s)-limit:])
	}
	return t.charset.TruncatePath(t.charset.Escape(text), max(columns, 0))
}

// clip cuts a text that is too long to be read, and says so.
func clip(s string) string {
	if len(s) <= maxRead {
		return s
	}
	return s[:maxRead] + "\n(" + display.Bytes(int64(len(s)-maxRead)) + " more)"
}

// instruction lays an instruction out in lines of so many columns.
func (t *theme) instruction(s string, columns int) []string {
	return t.charset.Instruction(clip(s), columns)
}

// paragraph is a page's piece of running text: wrapped, each line as wide as
// the page.
func (p *page) paragraph(style lipgloss.Style, text string) {
	for _, part := range display.Wrap(p.th.charset.Escape(clip(text)), p.width) {
		p.row(style, part)
	}
}

// page collects the rows of a text that scrolls as a whole.
type page struct {
	th    *theme
	width int
	rows  []string
}

func (p *page) line() *line { return newLine(p.th, p.width) }

func (p *page) end(l *line) {
	if p.th.spoken {
		p.rows = append(p.rows, strings.TrimSpace(l.out.String()))
		return
	}
	p.rows = append(p.rows, l.String())
}

func (p *page) row(style lipgloss.Style, text string) { p.end(p.line().add(style, text)) }

// blank leaves a row empty, but never the first and never two in a row.
func (p *page) blank() {
	if p.th.spoken {
		return // each row is a sentence of its own
	}
	empty := newLine(p.th, p.width).String()
	if n := len(p.rows); n > 0 && p.rows[n-1] != empty {
		p.rows = append(p.rows, empty)
	}
}

// list writes short facts side by side, as many in a row as fit.
func (p *page) list(style lipgloss.Style, facts ...string) {
	dot := p.th.between()
	row := ""
	for _, fact := range facts {
		if row != "" && display.Width(row)+display.Width(dot)+display.Width(fact) > p.width {
			p.row(style, row)
			row = ""
		}
		if row != "" {
			row += dot
		}
		row += fact
	}
	p.row(style, row)
}

// factColumn is where the value of a fact begins.
const factColumn = 10

// fact is a name and a value; the value is wrapped in a column of its own.
func (p *page) fact(name, value string) {
	if p.th.spoken {
		p.paragraph(p.th.text, name+": "+value)
		return
	}
	for i, part := range display.Wrap(p.th.charset.Escape(clip(value)), max(p.width-factColumn, 8)) {
		l := p.line()
		if i == 0 {
			l.addWithin(p.th.dim, name, factColumn-1)
		}
		p.end(l.to(factColumn).add(p.th.text, part))
	}
}

// stepName is an instruction on one row: its index in the report, and its text.
func (t *theme) stepName(in *model.Instruction, columns int) string {
	return strconv.Itoa(in.Index) + " " + t.oneLine(in.Text, columns)
}

// path makes a whole path printable. Names can be 64 KiB long and 4,096 deep;
// what no screen can hold is left out before it is looked at.
func (t *theme) path(s string) string {
	const most = 2 << 10
	if len(s) > most {
		s = s[:most/2] + t.charset.Ellipsis + s[len(s)-most/2:]
	}
	return t.charset.Escape(s)
}
