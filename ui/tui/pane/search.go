package pane

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

// foundMsg brings the result of a query over a large tree. asked is the number of the query; the
// result of an older query is dropped.
type foundMsg struct {
	asked int
	tree  *filetree.Outline
	found *filetree.Matches
	shown filetree.Expansion
}

// sortedMsg brings a large tree in another order, with the rows that it made of
// the directories open at turn.
type sortedMsg struct {
	tree   *filetree.Outline
	sorted *filetree.LayerTree
	order  filetree.Order
	rows   []filetree.Row
	turn   int
}

// Ask filters the files by what was typed; "" shows them all.
func (v *Files) Ask(text string) {
	v.query, v.finds = filetree.ParseQuery(text), nil
	v.asked++
	if v.query == nil && v.current != nil && v.current.Only != nil {
		v.change((*filetree.Outline).Unfilter)
	}
}

// search returns the command that runs the query, nil if the result is there already. A small tree
// is searched at once; a large one in the background, while the result before stays on the screen.
func (v *Files) search() tea.Cmd {
	if v.query == nil || v.finds != nil || v.current == nil || v.busy {
		return nil
	}
	query, outline, tree, report, asked := v.query, v.current, v.current.LayerTree, v.report, v.asked
	opened := outline.Unfiltered()
	search := func() foundMsg {
		f := query.Find(tree, report)
		return foundMsg{asked, outline, f, tree.Filtered(f, opened)}
	}
	if len(tree.Entries) <= atOnce {
		v.answer(search())
		return nil
	}
	v.busy = true
	return func() tea.Msg { return search() }
}

// answer shows what was found, if it is still what is asked.
func (v *Files) answer(msg foundMsg) {
	if msg.asked != v.asked || msg.tree != v.current {
		return
	}
	v.finds = msg.found
	v.change(func(o *filetree.Outline) { o.Filter(msg.found, msg.shown) })
	if e := v.Chosen(); e != nil && msg.found.Count > 0 && !msg.found.Match[v.current.Rows[v.Cursor].Entry] {
		v.Cursor, v.Top = 0, 0
		if !msg.found.Match[v.current.Rows[0].Entry] {
			v.Next(false)
		}
	}
}

// change does what changes the rows, and keeps the cursor on its entry if that
// is still shown, else near.
func (v *Files) change(do func(o *filetree.Outline)) {
	entry := int32(-1)
	if v.Chosen() != nil {
		entry = v.current.Rows[v.Cursor].Entry
	}
	do(v.current)
	if entry >= 0 && v.current.Shows(entry) {
		row := v.current.Reveal(entry)
		v.Resize(len(v.current.Rows), v.Height)
		v.To(row)
		return
	}
	v.Resize(len(v.current.Rows), v.Height)
}

// Next goes to the next match of the filter, or the one before; without a
// filter, of what the chosen fix takes away.
func (v *Files) Next(back bool) bool {
	f := v.finds
	if v.query == nil {
		f = v.marks
	}
	if v.current == nil || f == nil || len(f.Match) != len(v.current.Entries) {
		return false
	}
	row := v.current.Next(f, v.Cursor, back)
	v.Resize(len(v.current.Rows), v.Height)
	moved := row != v.Cursor
	v.To(row)
	return moved
}

// Collapse closes every directory; the cursor goes to the one that its entry lies in.
func (v *Files) Collapse() {
	if v.Chosen() == nil {
		return
	}
	entry := v.current.Rows[v.Cursor].Entry
	for v.current.Entries[entry].Parent != 0 {
		entry = v.current.Entries[entry].Parent
	}
	v.current.Collapse()
	v.Resize(len(v.current.Rows), v.Height)
	v.To(v.current.Reveal(entry))
}

// SortBy changes the order; the command sorts a large tree, nil where it is done.
func (v *Files) SortBy(by filetree.Order) tea.Cmd {
	if by == v.order {
		return nil
	}
	v.order = by
	clear(v.kept)
	if v.current == nil {
		return nil
	}
	outline, tree := v.current, v.current.LayerTree
	opened, only, turn := slices.Clone(outline.Opened), outline.Only, outline.Turns
	sort := func() sortedMsg {
		sorted := tree.Sorted(by)
		return sortedMsg{outline, sorted, by, sorted.AppendBelow(nil, opened, only, 0, 0), turn}
	}
	if len(tree.Entries) <= atOnce {
		v.reordered(sort())
		return nil
	}
	return func() tea.Msg { return sort() }
}

// reordered shows a tree in its new order. The cursor stays on its file.
func (v *Files) reordered(msg sortedMsg) {
	if msg.tree != v.current || msg.order != v.order {
		return
	}
	if o := v.current; msg.turn != o.Turns { // directories were opened meanwhile
		msg.rows = msg.sorted.AppendBelow(nil, o.Opened, o.Only, 0, 0)
	}
	v.change(func(o *filetree.Outline) { o.Reorder(msg.sorted, msg.rows) })
}

// Said is what the filter's line says of the answer.
func (v *Files) Said() string {
	switch {
	case v.query == nil:
		return ""
	case v.finds == nil:
		return "looking " + v.th.Charset.Ellipsis
	case v.finds.Count == 1:
		return "1 match, " + display.Bytes(v.finds.Bytes)
	}
	return display.Count(v.finds.Count) + " matches, " + display.Bytes(v.finds.Bytes)
}
