package draw

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// WriteFinding writes a finding into the text about something that it holds: its
// title, the edit, and what to do.
func WriteFinding(p *Page, f *model.Finding) {
	title := f.Title
	if f.Bytes > 0 {
		title = display.Bytes(f.Bytes) + "  " + title
	}
	style := p.Theme.Waste
	if !f.Wasted() {
		style = p.Theme.Strong
	}
	p.Paragraph(style, title)
	if f.Fix == nil {
		return
	}
	if f.Fix.Before != nil && f.Fix.After != nil {
		WriteEdit(p, *f.Fix.Before, *f.Fix.After)
	}
	p.Paragraph(p.Theme.Text, f.Fix.Summary)
}
