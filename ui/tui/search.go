package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
)

// foundMsg brings the answer to a query over a large tree. asked is the number
// of the question: an answer to an older one comes too late.
type foundMsg struct {
	asked int
	tree  *outline
	found *found
	shown expansion
}

// sortedMsg brings a large tree in another order, with the rows that it made of
// the directories open at turn.
type sortedMsg struct {
	tree   *outline
	sorted *layerTree
	order  order
	rows   []outlineRow
	turn   int
}

// ask filters the files by what was typed; "" shows them all.
func (v *files) ask(text string) {
	v.query, v.finds = parseQuery(text), nil
	v.asked++
	if v.query == nil && v.current != nil && v.current.only != nil {
		v.change((*outline).unfilter)
	}
}

// search returns the command that answers the query, nil where it is answered.
// A small tree is searched at once; a large one away from the interface, which
// goes on showing the answer before.
func (v *files) search() tea.Cmd {
	if v.query == nil || v.finds != nil || v.current == nil || v.busy {
		return nil
	}
	query, outline, tree, report, asked := v.query, v.current, v.current.layerTree, v.report, v.asked
	opened := outline.unfiltered()
	search := func() foundMsg {
		f := query.find(tree, report)
		return foundMsg{asked, outline, f, tree.filtered(f, opened)}
	}
	if len(tree.entries) <= atOnce {
		v.answer(search())
		return nil
	}
	v.busy = true
	return func() tea.Msg { return search() }
}

// answer shows what was found, if it is still what is asked.
func (v *files) answer(msg foundMsg) {
	if msg.asked != v.asked || msg.tree != v.current {
		return
	}
	v.finds = msg.found
	v.change(func(o *outline) { o.filter(msg.found, msg.shown) })
	if e := v.chosen(); e != nil && msg.found.count > 0 && !msg.found.match[v.current.rows[v.cursor].entry] {
		v.cursor, v.top = 0, 0
		if !msg.found.match[v.current.rows[0].entry] {
			v.next(false)
		}
	}
}

// change does what changes the rows, and keeps the cursor on its entry if that
// is still shown, else near.
func (v *files) change(do func(o *outline)) {
	entry := int32(-1)
	if v.chosen() != nil {
		entry = v.current.rows[v.cursor].entry
	}
	do(v.current)
	if entry >= 0 && v.current.shows(entry) {
		row := v.current.reveal(entry)
		v.resize(len(v.current.rows), v.height)
		v.to(row)
		return
	}
	v.resize(len(v.current.rows), v.height)
}

// next goes to the next match of the filter, or the one before; without a
// filter, of what the chosen fix takes away.
func (v *files) next(back bool) bool {
	f := v.finds
	if v.query == nil {
		f = v.marks
	}
	if v.current == nil || f == nil || len(f.match) != len(v.current.entries) {
		return false
	}
	row := v.current.next(f, v.cursor, back)
	v.resize(len(v.current.rows), v.height)
	moved := row != v.cursor
	v.to(row)
	return moved
}

// collapse closes every directory; the cursor goes to the one that its entry lies in.
func (v *files) collapse() {
	if v.chosen() == nil {
		return
	}
	entry := v.current.rows[v.cursor].entry
	for v.current.entries[entry].parent != 0 {
		entry = v.current.entries[entry].parent
	}
	v.current.collapse()
	v.resize(len(v.current.rows), v.height)
	v.to(v.current.reveal(entry))
}

// sortBy changes the order; the command sorts a large tree, nil where it is done.
func (v *files) sortBy(by order) tea.Cmd {
	if by == v.order {
		return nil
	}
	v.order = by
	clear(v.kept)
	if v.current == nil {
		return nil
	}
	outline, tree := v.current, v.current.layerTree
	opened, only, turn := slices.Clone(outline.opened), outline.only, outline.turns
	sort := func() sortedMsg {
		sorted := tree.sorted(by)
		return sortedMsg{outline, sorted, by, sorted.appendBelow(nil, opened, only, 0, 0), turn}
	}
	if len(tree.entries) <= atOnce {
		v.reordered(sort())
		return nil
	}
	return func() tea.Msg { return sort() }
}

// reordered shows a tree in its new order. The cursor stays on its file.
func (v *files) reordered(msg sortedMsg) {
	if msg.tree != v.current || msg.order != v.order {
		return
	}
	if o := v.current; msg.turn != o.turns { // directories were opened meanwhile
		msg.rows = msg.sorted.appendBelow(nil, o.opened, o.only, 0, 0)
	}
	v.change(func(o *outline) { o.reorder(msg.sorted, msg.rows) })
}

// said is what the filter's line says of the answer.
func (v *files) said() string {
	switch {
	case v.query == nil:
		return ""
	case v.finds == nil:
		return "looking " + v.th.charset.Ellipsis
	case v.finds.count == 1:
		return "1 match, " + display.Bytes(v.finds.bytes)
	}
	return display.Count(v.finds.count) + " matches, " + display.Bytes(v.finds.bytes)
}
