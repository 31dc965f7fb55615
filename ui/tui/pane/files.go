package pane

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

const (
	atOnce   = 4000   // records that are gathered without leaving Update
	keepUpTo = 200000 // entries that are kept of outlines out of sight
)

// treeMsg brings a layer tree that was built away from the interface.
type treeMsg struct {
	from  *model.Report
	span  filetree.Span
	order filetree.Order
	tree  *filetree.LayerTree
}

// Files is the view of what the chosen instruction's layers change.
type Files struct {
	state

	span    filetree.Span
	step    string // what the layers are called
	wanted  bool   // there are layers to show
	current *filetree.Outline
	seek    string // path to go to as soon as the tree is there

	order filetree.Order    // of the children of a directory
	query *filetree.Query   // nil: everything is shown
	finds *filetree.Matches // what the query finds in current; nil while that is looked for
	asked int               // counts questions, to know the latest answer
	attrs bool              // modes and owners are shown
	busy  bool              // a tree is being built or searched

	merged bool // the files are those of all layers up to the chosen one's

	marked int               // the finding whose files are marked, -1 for none
	marks  *filetree.Matches // where in current they are; nil while that is looked for

	shares shares // of the directory that was asked for last

	kept map[filetree.Span]*keptOutline
}

// keptOutline is an outline with its cursor, for coming back to.
type keptOutline struct {
	*filetree.Outline
	cursor, top int
}

// Show takes a report over. A report without a tree shows nothing.
func (v *Files) Show(report *model.Report) {
	v.report, v.current, v.finds, v.marks, v.kept, v.shares = report, nil, nil, nil, make(map[filetree.Span]*keptOutline), shares{}
	v.List = draw.List{Height: v.Height}
}

// Choose shows other layers; wanted is false where the instruction made none.
func (v *Files) Choose(span filetree.Span, wanted bool, step string) {
	v.step = step
	if span == v.span && wanted == v.wanted {
		return
	}
	v.keep()
	v.span, v.wanted, v.current, v.seek, v.finds, v.marks = span, wanted, nil, "", nil, nil
	v.List = draw.List{Height: v.Height}
	if k := v.kept[span]; k != nil && wanted && v.query == nil {
		v.current = k.Outline
		v.Resize(len(k.Outline.Rows), v.Height)
		v.Top, v.Cursor = k.top, k.cursor
		v.Move(0)
	}
}

// keep stores the outline with its cursor, for when its layers are chosen again.
func (v *Files) keep() {
	if v.current == nil || !v.wanted || v.query != nil || len(v.current.Entries) > keepUpTo {
		return
	}
	total := len(v.current.Entries)
	for _, k := range v.kept {
		total += len(k.Entries)
	}
	if total > keepUpTo {
		clear(v.kept)
	}
	v.kept[v.span] = &keptOutline{v.current, v.Cursor, v.Top}
}

// need returns the command that builds the tree for the chosen instruction, nil if it is there or
// being built. One tree is built at a time: while an arrow key is held down, only the last tree
// that was asked for is built.
func (v *Files) need() tea.Cmd {
	if v.current != nil && v.wanted {
		if cmd := v.search(); cmd != nil {
			return cmd
		}
		return v.seekMarks()
	}
	if !v.wanted || v.busy || v.report == nil || v.report.Tree == nil {
		return nil
	}
	tree, span, report, order := v.report.Tree, v.span, v.report, v.order
	if span.First < 0 || span.Last >= tree.Layers() {
		return nil
	}
	if tree.Starts[span.Last+1]-tree.Starts[span.First] <= atOnce {
		v.take(filetree.Build(tree, span, order))
		return v.need()
	}
	v.busy = true
	return func() tea.Msg {
		return treeMsg{from: report, span: span, order: order, tree: filetree.Build(tree, span, order)}
	}
}

// built takes a tree over if it is still the one wanted.
func (v *Files) built(msg treeMsg) {
	v.busy = false
	if msg.from == v.report && msg.span == v.span && msg.order == v.order && v.wanted {
		v.take(msg.tree)
	}
}

func (v *Files) take(lt *filetree.LayerTree) {
	v.current, v.finds, v.marks = filetree.NewOutline(lt), nil, nil
	v.List = draw.List{Height: v.Height}
	v.Resize(len(v.current.Rows), v.Height)
	if v.seek != "" {
		v.Reveal(v.seek)
	}
}

// Reveal puts the cursor on a path, at once or when the tree is there.
func (v *Files) Reveal(path string) {
	if v.current == nil {
		v.seek = path
		return
	}
	v.seek = ""
	node, ok := v.current.Tree.Lookup(path)
	if !ok {
		return
	}
	v.GoTo(node)
}

// GoTo puts the cursor on a node, and reports whether it is there to be seen.
func (v *Files) GoTo(node model.NodeID) bool {
	if v.current == nil {
		return false
	}
	for i := range v.current.Entries {
		if v.current.Entries[i].Node == node && v.current.Shows(int32(i)) {
			row := v.current.Reveal(int32(i))
			v.Resize(len(v.current.Rows), v.Height)
			v.To(row)
			return true
		}
	}
	return false
}

// Empty says why there are no rows.
func (v *Files) Empty() string {
	switch {
	case v.report == nil || v.report.Tree == nil && v.report.Partial:
		return "Files appear once all layers have been read."
	case v.report.Tree == nil:
		return "The files of this image are not known."
	case !v.wanted:
		return v.step + " adds no files."
	case v.current != nil && v.query != nil && v.finds == nil:
		return "Looking " + v.th.Charset.Ellipsis
	case v.current != nil && v.query != nil:
		return "No file matches " + v.th.OneLine(v.query.Text, 40) + "; Esc shows all."
	case v.current == nil:
		return "Sorting the files of " + v.step + " " + v.th.Charset.Ellipsis
	}
	return v.step + " changes no files."
}

// Tall reports that the rows matter more than the text about one of them.
func (v *Files) Tall() bool { return true }

// Press opens and closes rows; what else a key means is left to the caller.
func (v *Files) Press(key Key) Effect {
	if v.current == nil || v.Count == 0 {
		return effectNone
	}
	row := v.current.Rows[v.Cursor]
	open := v.current.Opened[row.Entry]
	switch {
	case open && key != KeyRight:
		v.current.Close(v.Cursor)
	case !open && key != KeyLeft && v.current.IsDir(row.Entry):
		v.current.Open(v.Cursor)
	case key == KeyLeft:
		v.To(v.current.Parent(v.Cursor))
	case key == KeyRight && open:
		v.Move(1)
	case key == KeyOpen:
		return EffectOpen
	default:
		return effectNone
	}
	v.Resize(len(v.current.Rows), v.Height)
	return effectDone
}

// Chosen is the entry under the cursor, nil where there is none.
func (v *Files) Chosen() *filetree.Entry {
	if v.current == nil || v.Cursor < 0 || v.Cursor >= len(v.current.Rows) {
		return nil
	}
	return &v.current.Entries[v.current.Rows[v.Cursor].Entry]
}

// Path is the whole path of the entry under the cursor, as it really is.
func (v *Files) Path() string {
	if e := v.Chosen(); e != nil {
		return "/" + strings.TrimPrefix(v.current.Tree.Path(e.Node), "/")
	}
	return ""
}

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
