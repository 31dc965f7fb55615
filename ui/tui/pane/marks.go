package pane

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

// markedMsg brings where in a large tree the files of a finding are.
type markedMsg struct {
	tree    *filetree.Outline
	finding int
	marks   *filetree.Matches
}

// mark makes the finding the one whose files are marked, if it is about any in
// the layers shown; nil for none.
func (v *Files) mark(f *model.Finding) {
	at := -1
	for i := range v.findings() {
		if &v.report.Findings[i] == f && f.Layer != nil && *f.Layer >= v.span.First && *f.Layer <= v.span.Last {
			at = i
		}
	}
	if at != v.marked {
		v.marked, v.marks = at, nil
	}
}

func (v *Files) findings() []model.Finding {
	if v.report == nil {
		return nil
	}
	return v.report.Findings
}

// seekMarks looks for the files to mark: the command does it for a large tree, nil
// where it is done.
func (v *Files) seekMarks() tea.Cmd {
	if v.marked < 0 || v.marks != nil || v.current == nil || v.busy {
		return nil
	}
	q := filetree.OfFinding(v.marked)
	outline, tree, marked := v.current, v.current.LayerTree, v.marked
	if len(tree.Entries) <= atOnce {
		v.marks = q.Find(tree, nil)
		return nil
	}
	v.busy = true
	return func() tea.Msg { return markedMsg{outline, marked, q.Find(tree, nil)} }
}

// takeMarks shows the marks, if they are still those wanted.
func (v *Files) takeMarks(msg markedMsg) {
	v.busy = false
	if msg.tree == v.current && msg.finding == v.marked {
		v.marks = msg.marks
	}
}

// drawMark marks a row that the chosen fix takes away, or a directory with such in
// it.
func (v *Files) drawMark(l *draw.Line, entry int32) {
	switch m := v.marks; {
	case m == nil:
	case m.Match[entry]:
		l.Paint(v.th.Accent, v.th.Marked)
	case m.Holds[entry]:
		l.Paint(v.th.Accent, v.th.MarkedBelow)
	}
}
