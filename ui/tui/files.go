package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

const (
	atOnce   = 4000   // records that are gathered without leaving Update
	keepUpTo = 200000 // entries that are kept of outlines out of sight
)

// layerSpan names a run of layers, and from which of them on a change counts as
// the chosen instruction's: the first, or a later one where the tree below it is
// shown as well.
type layerSpan struct{ first, last, from int }

// treeMsg brings a layer tree that was built away from the interface.
type treeMsg struct {
	from  *model.Report
	span  layerSpan
	order order
	tree  *layerTree
}

// files is the view of what the chosen instruction's layers change.
type files struct {
	list
	th     *theme
	report *model.Report

	span    layerSpan
	step    string // what the layers are called
	wanted  bool   // there are layers to show
	current *outline
	seek    string // path to go to as soon as the tree is there

	order order  // of the children of a directory
	query *query // nil: everything is shown
	finds *found // what the query finds in current; nil while that is looked for
	asked int    // counts questions, to know the latest answer
	attrs bool   // modes and owners are shown
	busy  bool   // a tree is being built or searched

	marked int    // the finding whose files are marked, -1 for none
	marks  *found // where in current they are; nil while that is looked for

	kept map[layerSpan]*keptOutline
}

// keptOutline is an outline with its cursor, for coming back to.
type keptOutline struct {
	*outline
	cursor, top int
}

// show takes a report over. A report without a tree shows nothing.
func (v *files) show(report *model.Report) {
	v.report, v.current, v.finds, v.marks, v.kept = report, nil, nil, nil, make(map[layerSpan]*keptOutline)
	v.list = list{height: v.height}
}

// choose shows other layers; wanted is false where the instruction made none.
func (v *files) choose(span layerSpan, wanted bool, step string) {
	v.step = step
	if span == v.span && wanted == v.wanted {
		return
	}
	v.keep()
	v.span, v.wanted, v.current, v.seek, v.finds, v.marks = span, wanted, nil, "", nil, nil
	v.list = list{height: v.height}
	if k := v.kept[span]; k != nil && wanted && v.query == nil {
		v.current = k.outline
		v.resize(len(k.outline.rows), v.height)
		v.top, v.cursor = k.top, k.cursor
		v.move(0)
	}
}

// keep puts the outline aside, cursor and all.
func (v *files) keep() {
	if v.current == nil || !v.wanted || v.query != nil || len(v.current.entries) > keepUpTo {
		return
	}
	total := len(v.current.entries)
	for _, k := range v.kept {
		total += len(k.entries)
	}
	if total > keepUpTo {
		clear(v.kept)
	}
	v.kept[v.span] = &keptOutline{v.current, v.cursor, v.top}
}

// need returns the command that builds the tree now wanted, nil if it is there
// or on its way. One tree is built at a time: who holds the arrow key down gets
// the last one asked for.
func (v *files) need() tea.Cmd {
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
	if span.first < 0 || span.last >= tree.Layers() {
		return nil
	}
	if tree.Starts[span.last+1]-tree.Starts[span.first] <= atOnce {
		v.take(buildLayerTree(tree, span, order))
		return v.need()
	}
	v.busy = true
	return func() tea.Msg {
		return treeMsg{from: report, span: span, order: order, tree: buildLayerTree(tree, span, order)}
	}
}

// built takes a tree over if it is still the one wanted.
func (v *files) built(msg treeMsg) {
	v.busy = false
	if msg.from == v.report && msg.span == v.span && msg.order == v.order && v.wanted {
		v.take(msg.tree)
	}
}

func (v *files) take(lt *layerTree) {
	v.current, v.finds, v.marks = newOutline(lt), nil, nil
	v.list = list{height: v.height}
	v.resize(len(v.current.rows), v.height)
	if v.seek != "" {
		v.reveal(v.seek)
	}
}

// reveal puts the cursor on a path, at once or when the tree is there.
func (v *files) reveal(path string) {
	if v.current == nil {
		v.seek = path
		return
	}
	v.seek = ""
	node, ok := v.current.tree.Lookup(path)
	if !ok {
		return
	}
	v.goTo(node)
}

// goTo puts the cursor on a node, and reports whether it is there to be seen.
func (v *files) goTo(node model.NodeID) bool {
	for i := range v.current.entries {
		if v.current.entries[i].node == node && v.current.shows(int32(i)) {
			row := v.current.reveal(int32(i))
			v.resize(len(v.current.rows), v.height)
			v.to(row)
			return true
		}
	}
	return false
}

func (v *files) rows() *list { return &v.list }

func (v *files) empty() string {
	switch {
	case v.report == nil || v.report.Tree == nil && v.report.Partial:
		return "Files appear when all layers are read."
	case v.report.Tree == nil:
		return "The files of this image are not known."
	case !v.wanted:
		return v.step + " adds no files."
	case v.current != nil && v.query != nil && v.finds == nil:
		return "Looking " + v.th.charset.Ellipsis
	case v.current != nil && v.query != nil:
		return "No file matches " + v.th.oneLine(v.query.text, 40) + "; Esc shows all."
	case v.current == nil:
		return "Sorting the files of " + v.step + " " + v.th.charset.Ellipsis
	}
	return v.step + " changes no files."
}

func (v *files) press(key press) bool {
	if v.current == nil || v.count == 0 {
		return false
	}
	row := v.current.rows[v.cursor]
	open := v.current.opened[row.entry]
	switch {
	case open && key != pressRight:
		v.current.close(v.cursor)
	case !open && key != pressLeft && v.current.folder(row.entry):
		v.current.open(v.cursor)
	case key == pressLeft:
		v.to(v.current.parent(v.cursor))
	case key == pressRight && open:
		v.move(1)
	default:
		return false
	}
	v.resize(len(v.current.rows), v.height)
	return true
}

// Columns of a row, from the left: mark, change, size, wasted, bar, name.
func (v *files) bar(width int) int {
	if width < 56 {
		return 0
	}
	return 6
}

func (v *files) heading(l *line) bool {
	l.to(4).figure(v.th.dim, "size", display.BytesWidth).gap(2).figure(v.th.dim, "wasted", display.BytesWidth).gap(2)
	if bar := v.bar(l.width); bar > 0 {
		l.gap(bar + shareWidth + 2)
	}
	if v.attrs && l.width >= 56 {
		l.add(v.th.dim, "mode uid:gid").gap(2)
	}
	if v.query != nil {
		l.add(v.th.accent, v.th.oneLine("/"+v.query.text, max(l.left()/2, 8))).gap(2).add(v.th.dim, v.said())
		return true
	}
	what := "changes of "
	if v.span.from > v.span.first {
		what = "everything up to "
	}
	l.add(v.th.dim, "by "+v.order.String()+", "+what+v.step)
	return true
}

func (v *files) row(l *line, i int) {
	row := v.current.rows[i]
	e := &v.current.entries[row.entry]
	letter, style := v.th.dim, v.th.text
	switch e.change {
	case added:
		letter = v.th.added
	case modified:
		letter = v.th.waste
	case deleted:
		letter, style = v.th.removed, v.th.dim
	}
	v.drawMark(l, row.entry)
	l.to(2).add(letter, string(e.change)).gap(1)
	v.sizes(l, e, row)
	if v.attrs && l.width >= 56 {
		v.attributes(l, e)
	}
	indent := min(int(row.depth)*2, max(l.left()/2, 0))
	l.gap(indent)
	switch {
	case !v.current.folder(row.entry):
		l.gap(2)
	case v.current.opened[row.entry]:
		l.add(v.th.dim, v.th.folderOpen).gap(1)
	default:
		l.add(v.th.dim, v.th.folderClosed).gap(1)
	}
	v.name(l, e, row, style)
}

// attributes shows mode and owner in a column as wide as its heading.
func (v *files) attributes(l *line, e *entry) {
	const width = len("mode uid:gid")
	text := ""
	if e.record != model.NoRecord {
		r := &v.current.tree.Records[e.record]
		if a := v.current.tree.Attributes(r); r.Kind < model.Whiteout && a.UID >= 0 {
			text = fmt.Sprintf("%04o %d:%d", a.Mode, a.UID, a.GID)
		}
	}
	l.cell(v.th.dim, text, width).gap(2)
}

func (v *files) sizes(l *line, e *entry, row outlineRow) {
	if e.size == 0 {
		l.figure(v.th.dim, v.th.charset.Dot, display.BytesWidth)
	} else {
		l.figure(v.th.text, display.Bytes(e.size), display.BytesWidth)
	}
	l.gap(2)
	if e.wasted == 0 {
		l.gap(display.BytesWidth)
	} else {
		l.figure(v.th.waste, display.Bytes(e.wasted), display.BytesWidth)
	}
	l.gap(2)
	if bar := v.bar(l.width); bar > 0 {
		l.gauge(e.size-e.wasted, e.wasted, v.current.entries[e.parent].size, bar)
		l.share(e.size, v.current.entries[e.parent].size).gap(2)
	}
}

func (v *files) name(l *line, e *entry, row outlineRow, style lipgloss.Style) {
	folder := v.current.folder(row.entry)
	room := l.left() - 1 // a directory's slash, or the border's air
	name := v.th.name(v.current.tree.NameBytes(e.node), room)
	if folder {
		l.add(v.th.keyword, name).add(v.th.dim, "/")
	} else {
		l.add(style, name)
	}
	switch {
	case e.opaque:
		l.gap(1).add(v.th.removed, "emptied")
	case e.record == model.NoRecord:
	case v.current.tree.Records[e.record].Kind == model.Symlink:
		target := v.current.tree.LinkText(&v.current.tree.Records[e.record])
		l.gap(1).add(v.th.dim, v.th.arrow+" "+v.th.oneLine(target, l.left()))
	}
}

// chosen is the entry under the cursor, nil where there is none.
func (v *files) chosen() *entry {
	if v.current == nil || v.cursor < 0 || v.cursor >= len(v.current.rows) {
		return nil
	}
	return &v.current.entries[v.current.rows[v.cursor].entry]
}

// path is the whole path of the entry under the cursor, as it really is.
func (v *files) path() string {
	if e := v.chosen(); e != nil {
		return "/" + strings.TrimPrefix(v.current.tree.Path(e.node), "/")
	}
	return ""
}
