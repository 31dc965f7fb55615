package fix

import (
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// mergeCleanups makes one clean-up of those that edits have appended to a RUN, that joined
// RUNs brought, and that its author wrote at its end.
func (p *plan) mergeCleanups() {
	authors := removalsIn(p.originals)
	for i, piece := range p.at {
		if piece == nil || !p.tidy[piece] {
			continue
		}
		text, ok := rewrite.TidyCleanup(piece.text, authors...)
		if !ok {
			continue
		}
		if raw, ok := piece.form.write(text); ok {
			piece.text, piece.raw, p.build.Instructions[i].Text = text, raw, text
		}
	}
}

// removalsIn returns the sources of the commands of instructions that remove files.
func removalsIn(texts []string) (sources []string) {
	for _, text := range texts {
		if !strings.Contains(text, "rm") {
			continue
		}
		for _, c := range commandsOf([]string{text}) {
			if _, removes := c.Removal("/"); removes {
				sources = append(sources, c.Source())
			}
		}
	}
	return sources
}
