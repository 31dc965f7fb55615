package pane

import (
	"fmt"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Change is the one under the cursor, nil where the row is about none. A row of a
// finding is about the change that settles it.
func (v *Fixes) Change() *model.Change {
	for i := v.Cursor; i >= 0 && i < len(v.list); i-- {
		switch row := &v.list[i]; {
		case row.change != nil && row.depth < v.list[v.Cursor].depth || row.change != nil && i == v.Cursor:
			return row.change
		case row.finding == nil || row.risk, row.depth == 0:
			return nil
		}
	}
	return nil
}

// Select selects the change under the cursor, or no longer, and returns what to say
// about that. A row that only folds opens and closes.
func (v *Fixes) Select() (told string) {
	row := v.row()
	if row != nil && row.change == nil && row.finding == nil {
		v.turnFold(!v.isOpen(row.fold))
		return ""
	}
	c := v.Change()
	switch {
	case c == nil:
		return "only changes can be selected"
	case v.written[c.ID]:
		return "this change is already in the Dockerfile"
	case !c.Writable():
		return "this one needs your decision: tare has no edit for it"
	}
	if v.selected[c.ID] = !v.selected[c.ID]; !v.selected[c.ID] {
		delete(v.selected, c.ID)
	}
	return ""
}

// ToWrite are the ids of the selected changes; where none is selected, of those that
// the plan makes and that are not written yet.
func (v *Fixes) ToWrite() (ids []string) {
	if v.report == nil {
		return nil
	}
	for i := range v.report.Changes {
		c := &v.report.Changes[i]
		if v.selected[c.ID] || len(v.selected) == 0 && v.planned(c) && !v.written[c.ID] {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// planned reports whether the plan makes a change.
func (v *Fixes) planned(c *model.Change) bool {
	return c.Writable() && c.Confidence != model.Possible && !c.BelowFloor
}

// SetWritten takes note of the changes that are in the Dockerfile.
func (v *Fixes) SetWritten(ids []string) {
	clear(v.written)
	for _, id := range ids {
		v.written[id] = true
		delete(v.selected, id)
	}
}

// IsWritten reports whether a change is in the Dockerfile.
func (v *Fixes) IsWritten(id string) bool { return v.written[id] }

// Goal says where the plan leads, "1.1 GB → 443 MB with 5 changes", or where that leads
// which is selected and written; "" where there is nothing to change, or nothing is known.
func (v *Fixes) Goal() string {
	if v.report == nil || v.th == nil {
		return ""
	}
	words := v.words()
	if v.th.Accessible {
		words.Arrow = "to"
	}
	if len(v.selected)+len(v.written) == 0 {
		return words.Goal()
	}
	saved := int64(0)
	for i := range v.report.Changes {
		if c := &v.report.Changes[i]; v.selected[c.ID] || v.written[c.ID] {
			saved += c.Bytes
		}
	}
	size := v.report.Image.Size
	before, after := display.BytesApart(size, size-saved)
	return fmt.Sprintf("%s %s %s, %s", before, words.Arrow, after, v.counted())
}

// counted says how many changes are selected and written.
func (v *Fixes) counted() string {
	switch {
	case len(v.written) == 0:
		return fmt.Sprintf("%d selected", len(v.selected))
	case len(v.selected) == 0:
		return fmt.Sprintf("%d written", len(v.written))
	}
	return fmt.Sprintf("%d written, %d selected", len(v.written), len(v.selected))
}

// mark shows whether a change is selected or written.
func (v *Fixes) mark(l *draw.Line, c *model.Change) {
	switch {
	case c == nil:
	case v.written[c.ID]:
		l.Paint(v.th.Added, v.th.Written)
	case v.selected[c.ID]:
		l.Paint(v.th.Accent, v.th.Selected)
	}
}

// CanWrite takes note whether there is a Dockerfile to write to.
func (v *Fixes) CanWrite(can bool) { v.canWrite = can }

// actHints are the keys that act on a change.
func (v *Fixes) actHints(c *model.Change) []Hint {
	switch {
	case !c.Writable():
		return []Hint{{"read", []string{"open"}}}
	case !v.canWrite:
		return []Hint{{"read", []string{"open"}}, {"select", []string{"select"}}, {"copy fix", []string{"copy-fix"}}}
	case v.written[c.ID]:
		return []Hint{{"read", []string{"open"}}, {"undo", []string{"undo"}}, {"build", []string{"build"}}}
	}
	out := []Hint{{"write", []string{"open"}}, {"select", []string{"select"}}}
	switch {
	case len(v.selected) > 0:
		out = append(out, Hint{"write selected", []string{"write-all"}})
	case len(v.written) > 0:
		out = append(out, Hint{"build", []string{"build"}})
	default:
		out = append(out, Hint{"write all", []string{"write-all"}})
	}
	return append(out, Hint{"copy fix", []string{"copy-fix"}})
}
