package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// foundMsg brings the answer to a query over a large tree. asked is the number
// of the question: an answer to an older one comes too late.
type foundMsg struct {
	asked int
	tree  *outline
	found *found
}

// sortedMsg brings a large tree in another order.
type sortedMsg struct {
	tree   *outline
	sorted *layerTree
	order  order
}

// ask filters the files by what was typed; "" shows them all.
func (v *files) ask(text string) {
	v.query, v.finds = parseQuery(text), nil
	v.asked++
	if v.query == nil && v.current != nil && v.current.only != nil {
		v.apply(nil)
	}
}

// search returns the command that answers the query, nil where it is answered.
// A small tree is searched at once; a large one away from the interface, which
// goes on showing the answer before.
func (v *files) search() tea.Cmd {
	if v.query == nil || v.finds != nil || v.current == nil || v.busy {
		return nil
	}
	query, outline, report, asked := v.query, v.current, v.report, v.asked
	if len(outline.entries) <= atOnce {
		v.answer(foundMsg{asked, outline, query.find(outline.layerTree, report)})
		return nil
	}
	v.busy = true
	tree := outline.layerTree
	return func() tea.Msg { return foundMsg{asked, outline, query.find(tree, report)} }
}

// answer shows what was found, if it is still what is asked.
func (v *files) answer(msg foundMsg) {
	if msg.asked != v.asked || msg.tree != v.current {
		return
	}
	v.apply(msg.found)
}

// apply filters the rows and keeps the cursor on its file where that matches,
// else puts it on the first that does.
func (v *files) apply(f *found) {
	at := model.NoNode
	if e := v.chosen(); e != nil && (f == nil || f.match[v.current.rows[v.cursor].entry]) {
		at = e.node
	}
	v.finds = f
	v.current.filter(f)
	v.list = list{height: v.height}
	v.resize(len(v.current.rows), v.height)
	if (at == model.NoNode || !v.goTo(at)) && f != nil && f.count > 0 && !f.match[v.current.rows[0].entry] {
		v.next(false)
	}
}

// next goes to the next match, or the one before.
func (v *files) next(back bool) bool {
	if v.current == nil || v.finds == nil {
		return false
	}
	row := v.current.next(v.cursor, back)
	v.resize(len(v.current.rows), v.height)
	moved := row != v.cursor
	v.to(row)
	return moved
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
	if len(tree.entries) <= atOnce {
		v.reordered(sortedMsg{outline, tree.sorted(by), by})
		return nil
	}
	return func() tea.Msg { return sortedMsg{outline, tree.sorted(by), by} }
}

// reordered shows a tree in its new order. The cursor stays on its file.
func (v *files) reordered(msg sortedMsg) {
	if msg.tree != v.current || msg.order != v.order {
		return
	}
	at, chosen := model.Root, v.chosen()
	if chosen != nil {
		at = chosen.node
	}
	v.current.reorder(msg.sorted)
	v.resize(len(v.current.rows), v.height)
	if chosen != nil {
		v.goTo(at)
	}
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
