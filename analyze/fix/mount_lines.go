package fix

import (
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// layOutMounts puts the mounts of caches that edits have given a RUN on lines of their own,
// where one line would be too wide. It does so once all edits are made: which of them makes a
// line too wide must not depend on their order.
func (p *plan) layOutMounts() {
	for i, piece := range p.at {
		if piece == nil || cacheMounts(piece.text) == 0 {
			continue
		}
		authors := 0
		for _, origin := range piece.origins {
			authors += cacheMounts(p.originals[origin])
		}
		if cacheMounts(piece.text) <= authors {
			continue
		}
		text := rewrite.MountLines(piece.text)
		if raw, ok := piece.form.write(text); ok {
			piece.text, piece.raw, p.build.Instructions[i].Text = text, raw, text
		}
	}
}

// cacheMounts is how many mounts of caches an instruction has.
func cacheMounts(text string) int {
	if rewrite.Keyword(text) != "RUN" {
		return 0
	}
	return strings.Count(text, "--mount=type=cache,")
}
