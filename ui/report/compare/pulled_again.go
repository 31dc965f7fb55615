package compare

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/pulled"
	"github.com/tare-oci/tare/ui/report/markdown"
)

// pulledAgain lists the layers that whoever has the old image pulls again, though
// they hold the same.
func (p *changes) pulledAgain() {
	all := p.c.PulledAgain
	if len(all) == 0 {
		return
	}
	p.heading("Pulled again")
	if line := pulled.Line(p.c); line != "" {
		p.Say(p.Faint, line)
	}
	shown := p.shown(len(all))
	for i := range all[:shown] {
		again := &all[i]
		figure := display.Bytes(sizeAgain(again))
		width := p.Width - growthIndent
		style := p.Bad
		if again.Kind == model.MostlySame {
			style = p.Faint
		}
		p.Add(style(display.PadLeft(figure, growthWidth)) + "  " + p.Truncate(p.step(again.Step, width), width))
		p.below(p.Faint, p.OneLine(p.Escape(pulled.Why(again))))
		if p.Verbose {
			for _, f := range again.Files {
				p.below(p.Faint, p.TruncatePath(p.Escape("/"+f.Path), width))
			}
		}
		if advice := pulled.Keep(again); advice != "" && (i == 0 || p.Verbose || advice != pulled.Keep(&all[i-1])) {
			p.below(nil, p.OneLine(advice))
		}
	}
	p.rest(len(all) - shown)
}

// sizeAgain is what of a layer is pulled again: the files' size where nobody knows what a
// registry sends.
func sizeAgain(p *model.PulledAgain) int64 {
	if p.CompressedBytes != nil {
		return *p.CompressedBytes
	}
	return p.Bytes
}

// pulledAgain writes a table of the layers that are pulled again for nothing, behind a
// line.
func (d *difference) pulledAgain() {
	all := d.c.PulledAgain
	if len(all) == 0 {
		return
	}
	title := display.Plural(len(all), "layer") + " pulled again with the same content"
	if line := pulled.Line(d.c); line != "" {
		title = strings.TrimSuffix(line, ".")
	}
	head := markdown.Row("pulled again", "where", "why", "instead") + "|---:|---|---|---|\n"
	markdown.Fold(d.Comment, title, head, all, func(again model.PulledAgain) string {
		return markdown.Row(display.Bytes(sizeAgain(&again)), d.where(again.Step), markdown.Prose(pulled.Why(&again)), markdown.Prose(pulled.Keep(&again)))
	})
}
