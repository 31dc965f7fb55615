package markdown

import (
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
)

// Parts writes single parts of a report's comment into a comment that has others,
// too. It is for one goroutine.
type Parts struct{ c *reportComment }

// PartsOf returns the parts of what m would write of a report, written into to.
func PartsOf(to *Comment, m Report, r *model.Report) Parts { return Parts{newReportComment(to, m, r)} }

// Thresholds writes the gate's table.
func (p Parts) Thresholds() { p.c.thresholdTable() }

// Risks writes a line for each of some risks.
func (p Parts) Risks(risks []*model.Finding) { p.c.risks(risks) }

// Worth returns the changes that are worth a person's time and that the settings do
// not ignore, what saves most first.
func (p Parts) Worth() []*model.Change {
	return slices.DeleteFunc(view.Settle(p.c.Report).Changes, p.c.isIgnored())
}

// Change returns what to do for a change, and its edit.
func (p Parts) Change(change *model.Change) string { return p.c.told(change) }

// Place names the line that a change begins at, or the steps; "" where neither is
// known.
func (p Parts) Place(change *model.Change) string { return p.c.place(change) }

// Changes writes a table of changes, and each of them with its edit, folded.
func (p Parts) Changes(changes []*model.Change) {
	p.c.table(changes[:min(len(changes), TableRows)])
	for _, change := range changes[:min(len(changes), TableRows)] {
		if !p.c.Add(p.c.folded(change)) {
			p.c.Missed++
		}
	}
	p.c.Missed += max(len(changes)-TableRows, 0)
}

// Ignores writes what the settings ignore, folded.
func (p Parts) Ignores() { p.c.ignores() }
