package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

func (treeMsg) forPanes()   {}
func (foundMsg) forPanes()  {}
func (sortedMsg) forPanes() {}
func (markedMsg) forPanes() {}

// receive takes over what was built, found or sorted away from the interface.
func (v *files) receive(msg message) {
	switch msg := msg.(type) {
	case treeMsg:
		v.built(msg)
	case foundMsg:
		v.busy = false
		v.answer(msg)
	case sortedMsg:
		v.reordered(msg)
	case markedMsg:
		v.takeMarks(msg)
	}
}

// load returns the command that gets the tree that is to be shown, the answer to the
// query, and the marks of the chosen fix's files.
func (v *files) load(fix *model.Finding) tea.Cmd {
	v.mark(fix)
	return v.need()
}

// follow makes the files those of an instruction.
func (v *files) follow(s *step) {
	if s == nil {
		v.choose(filetree.Span{}, false, "the image")
		return
	}
	name := v.th.OneLine(s.keyword, 20)
	switch {
	case s.base:
		name = "the base image"
	case s.number >= 0:
		name = strings.TrimSpace(display.Count(s.number) + " " + name)
	}
	span := filetree.Span{First: s.first, Last: s.last, From: s.first}
	if v.merged && s.last >= s.first {
		span.First = 0
	}
	v.choose(span, s.last >= s.first, name)
}

// escape clears the filter.
func (v *files) escape() bool {
	if v.query == nil {
		return false
	}
	v.ask("")
	return true
}

// file is the file version under the cursor: what stands there, or, where the layer
// took it away, what stood there.
func (v *files) file() (model.RecordID, bool) {
	e := v.chosen()
	if e == nil || e.Record == model.NoRecord {
		return 0, false
	}
	t := v.current.Tree
	id := e.Record
	for t.Records[id].Kind >= model.Whiteout {
		if id = t.Below(id); id == model.NoRecord {
			return 0, false
		}
	}
	return id, t.Records[t.Content(id)].Kind == model.File
}

func (v *files) hints() []hint {
	if v.chosen() == nil {
		return nil
	}
	out := []hint{{"open", []string{"open"}}, {"filter", []string{"filter"}}, {"sort", []string{"sort"}}}
	if v.query != nil {
		out = append(out, hint{"match", []string{"next-match", "prev-match"}}, hint{"clear", []string{"escape"}})
	}
	whole := "all up to here"
	if v.merged {
		whole = "this layer alone"
	}
	out = append(out, hint{whole, []string{"merged"}}, hint{"copy path", []string{"copy-path"}})
	if _, ok := v.file(); ok {
		out = append(out, hint{"changed", []string{"diff"}}, hint{"save", []string{"save"}})
	}
	return out
}

// filter is the text of the filter, "" where everything is shown.
func (v *files) filter() string {
	if v.query == nil {
		return ""
	}
	return v.query.Text
}

// toggleWord puts a condition into the filter, or takes it out.
func (v *files) toggleWord(word string) { v.ask(filetree.Toggle(v.filter(), word)) }

// setMerged shows all layers up to the instruction's, or its own alone.
func (v *files) setMerged(merged bool) { v.merged = merged }

// toggleMerged turns from the one to the other.
func (v *files) toggleMerged() { v.merged = !v.merged }

// toggleAttributes shows modes and owners, or not.
func (v *files) toggleAttributes() { v.attrs = !v.attrs }

// sortNext sorts by the next of the columns.
func (v *files) sortNext() tea.Cmd { return v.sortBy(v.order.Next()) }

// seeks reports whether there are matches to go to: of the filter, or of what the
// chosen fix takes away.
func (v *files) seeks() bool { return v.query != nil || v.marked >= 0 }
