package compare

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/markdown"
	"github.com/tare-oci/tare/ui/report/view"
)

// Parts writes single parts of a comparison's comment into a comment that has
// others, too. It is for one goroutine.
type Parts struct{ d *difference }

// PartsOf returns the parts of a comparison, written into to.
func PartsOf(to *markdown.Comment, c *model.Comparison, paths view.Paths) Parts {
	return Parts{newDifference(to, c, paths)}
}

// Figures writes a table of the figures of both images that a decision hangs on.
func (p Parts) Figures() { p.d.figures(false) }

// PulledAgain writes the layers that are pulled again though they hold the same.
func (p Parts) PulledAgain() { p.d.pulledAgain() }

// Findings writes a table of the findings that came, went, grew or shrank, without
// their edits.
func (p Parts) Findings() {
	if len(p.d.c.Findings) > 0 {
		p.d.findingTable()
	}
}

// Details writes the instructions, packages and paths that changed, each list behind a
// line.
func (p Parts) Details() { p.d.details() }

// Where names the line of the Dockerfile, or the step, that a change comes from.
func (p Parts) Where(s *model.Step) string { return p.d.where(s) }

// More spells a difference of sizes with its sign.
func More(n int64) string { return more(n) }
