package report

import (
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
)

// pageLines is what a report takes unless it is verbose: a small terminal
// of 24 lines, less one for the prompt.
const pageLines = 23

// Text writes the report for a person: the verdict first, then what to change,
// the worst first, on one small screen.
type Text struct {
	Width   int  // columns; 0 means 80
	Color   bool // colours by escape sequences
	ASCII   bool // nothing but ASCII
	Verbose bool // everything: all findings, their files, the instructions
}

// Write implements Writer.
func (t Text) Write(w io.Writer, r *model.Report) error {
	p := t.page(r)
	p.header()
	p.notes()
	p.findings()
	if t.Verbose {
		p.instructions()
	}
	_, err := io.WriteString(w, strings.Join(p.lines, "\n")+"\n")
	return err
}

// textPage is a text report in the making.
type textPage struct{ *page }

func (t Text) page(r *model.Report) *textPage {
	return &textPage{newPage(r, t.Width, t.Color, t.ASCII, t.Verbose)}
}

// left is how many lines the page has room for.
func (p *textPage) left() int { return pageLines - len(p.lines) }
