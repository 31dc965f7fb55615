package fix

import (
	"slices"
	"strings"
)

// dropDisabled takes out a comment line right behind a RUN in which its author has commented out
// the very command that an edit has appended to the RUN: the command stands there again.
func (p *plan) dropDisabled() {
	for k, at := range p.doc.pieces {
		appended := strings.Split(strings.TrimSpace(p.cleanups[at]), "\n")
		if appended[0] == "" || k+1 >= len(p.doc.pieces) || p.doc.pieces[k+1].text != "" {
			continue
		}
		gap := p.doc.pieces[k+1]
		lines := slices.Collect(strings.Lines(gap.raw))
		for i, line := range lines {
			comment, is := strings.CutPrefix(strings.TrimSpace(line), "#")
			if !is {
				break // another paragraph
			}
			if slices.Contains(appended, strings.Trim(comment, "# \t&\\;")) {
				gap.raw = strings.Join(slices.Delete(lines, i, i+1), "")
				break
			}
		}
	}
}
