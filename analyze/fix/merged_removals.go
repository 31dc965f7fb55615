package fix

import "github.com/tare-oci/tare/analyze/rules/rewrite"

// mergeCleanups makes one clean-up of those that edits have appended to a RUN, that joined
// RUNs brought, and that its author wrote at its end.
func (p *plan) mergeCleanups() {
	for i, piece := range p.at {
		if piece == nil || !p.tidy[piece] {
			continue
		}
		text, ok := rewrite.TidyCleanup(piece.text)
		if !ok {
			continue
		}
		if raw, ok := piece.form.write(text); ok {
			piece.text, piece.raw, p.build.Instructions[i].Text = text, raw, text
		}
	}
}
