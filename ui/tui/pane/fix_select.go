package pane

import (
	"fmt"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
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
		return v.Decision(c)
	}
	if v.selected[c.ID] = !v.selected[c.ID]; !v.selected[c.ID] {
		delete(v.selected, c.ID)
	}
	return ""
}

// Decision says in one line why a change cannot be written.
func (v *Fixes) Decision(c *model.Change) string {
	return "this one needs your decision: " + v.th.OneLine(view.Clip(c.Summary), draw.MaxText)
}

// ToWrite are the ids of the selected changes; where none is selected, of those that
// the plan makes and that are not written yet.
func (v *Fixes) ToWrite() (ids []string) {
	if v.report == nil {
		return nil
	}
	for i := range v.report.Changes {
		c := &v.report.Changes[i]
		if v.selected[c.ID] || len(v.selected) == 0 && view.Planned(c) && !v.written[c.ID] {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// SetWritten takes note of the changes that are in the Dockerfile, and of what the image
// is predicted to weigh with them.
func (v *Fixes) SetWritten(ids []string, size int64) {
	clear(v.written)
	v.writtenSize = size
	for _, id := range ids {
		v.written[id] = true
		delete(v.selected, id)
	}
}

// IsWritten reports whether a change is in the Dockerfile.
func (v *Fixes) IsWritten(id string) bool { return v.written[id] }

// Goal says how large the image will be, "1.1 GB → 443 MB with 5 changes": after the plan or, if
// changes are selected or written, after those. It is "" if there is nothing to change, or if the
// size is not known.
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
	before, after := display.BytesApart(v.report.Image.Size, v.sizeAfter())
	return fmt.Sprintf("%s %s %s, %s", before, words.Arrow, after, v.counted())
}

// sizeAfter is the size of the image with the selected and written changes. If these are the whole
// plan, the plan knows it; else it was predicted when the changes were written.
func (v *Fixes) sizeAfter() int64 {
	size, whole := v.report.Image.Size, true
	for i := range v.report.Changes {
		c := &v.report.Changes[i]
		in := v.selected[c.ID] || v.written[c.ID]
		whole = whole && in == view.Planned(c)
		if in {
			size -= c.Bytes
		}
	}
	switch {
	case len(v.selected) == 0 && v.writtenSize > 0:
		return v.writtenSize
	case whole:
		return v.report.Plan.SizeAfter
	}
	return size
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
