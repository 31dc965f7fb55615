// Package text writes a report for a person, on a terminal or in a log. Report shows what an image
// wastes and which edit helps; Check shows what the gate said about it.
//
// Unless it is verbose, a report fits on one small screen: the verdict, the worst findings with
// their edit, as many others as there is room for, and a line that says what was left out. Lines are
// 40 to 120 cells wide. A cell is the space that one ordinary character takes on a terminal.
package text

import (
	"io"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
)

// pageLines is what a report takes unless it is verbose: a small terminal
// of 24 lines, less one for the prompt.
const pageLines = 23

// Report writes the report for a person: the verdict first, then what to change,
// the worst first, on one small screen.
type Report struct {
	Width   int  // columns; 0 means 80
	Color   bool // colours by escape sequences
	ASCII   bool // nothing but ASCII
	Verbose bool // everything: all findings, their files, the instructions
}

// Write implements Writer.
func (t Report) Write(w io.Writer, r *model.Report) error {
	p := t.page(r)
	p.who()
	p.risks(view.Settle(r).Risks)
	p.Add("")
	p.verdict()
	p.notes()
	p.changes()
	if t.Verbose {
		p.findings()
		p.instructions()
	}
	return p.Flush(w)
}

// textPage is a text report in the making.
type textPage struct{ *view.Page }

func (t Report) page(r *model.Report) *textPage {
	return &textPage{view.NewPage(r, t.Width, t.Color, t.ASCII, t.Verbose)}
}

// left is how many lines the page has room for.
func (p *textPage) left() int { return pageLines - p.Height() }
