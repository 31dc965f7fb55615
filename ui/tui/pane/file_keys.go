package pane

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

func (treeMsg) forPanes()   {}
func (foundMsg) forPanes()  {}
func (sortedMsg) forPanes() {}
func (markedMsg) forPanes() {}

// Receive takes over what was built, found or sorted away from the interface.
func (v *Files) Receive(msg Message) {
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
	case sharesMsg:
		v.takeShares(msg)
	}
}

// Load returns the command that gets the tree that is to be shown, the answer to the
// query, and the marks of the chosen fix's files.
func (v *Files) Load(fix *model.Finding) tea.Cmd {
	v.mark(fix)
	return v.need()
}

// Follow makes the files those of an instruction.
func (v *Files) Follow(s *Step) {
	if s == nil {
		v.Choose(filetree.Span{}, false, "the image")
		return
	}
	name := v.th.OneLine(s.Keyword, 20)
	switch {
	case s.Base:
		name = "the base image"
	case s.Step > 0:
		name = "step " + display.Count(s.Step)
	}
	span := filetree.Span{First: s.first, Last: s.last, From: s.first}
	if v.merged && s.last >= s.first {
		span.First = 0
	}
	v.Choose(span, s.last >= s.first, name)
}

// Escape clears the filter.
func (v *Files) Escape() bool {
	if v.query == nil {
		return false
	}
	v.Ask("")
	return true
}

// File is the file version under the cursor: what stands there, or, where the layer
// took it away, what stood there.
func (v *Files) File() (model.RecordID, bool) {
	e := v.Chosen()
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

// Hints are the keys that do something on the row under the cursor.
func (v *Files) Hints() []Hint {
	if v.Chosen() == nil {
		return nil
	}
	out := []Hint{{"open", []string{"open"}}, {"filter", []string{"filter"}}, {"sort", []string{"sort"}}}
	whole := "all up to here"
	if v.merged {
		whole = "only this step"
	}
	out = append(out, Hint{whole, []string{"merged"}}, Hint{"copy path", []string{"copy-path"}})
	if _, ok := v.File(); ok {
		out = append(out, Hint{"what changed", []string{"diff"}}, Hint{"who wrote it", []string{"blame"}}, Hint{"save", []string{"save"}})
	} else if _, _, ok := v.Directory(); ok {
		out = append(out, Hint{"who wrote what", []string{"blame"}}, Hint{"save it", []string{"save-all"}})
	}
	return out
}

// Filter is the text of the filter, "" where everything is shown.
func (v *Files) Filter() string {
	if v.query == nil {
		return ""
	}
	return v.query.Text
}

// ToggleWord puts a condition into the filter, or takes it out.
func (v *Files) ToggleWord(word string) { v.Ask(filetree.Toggle(v.Filter(), word)) }

// SetMerged shows all layers up to the instruction's, or its own alone.
func (v *Files) SetMerged(merged bool) { v.merged = merged }

// ToggleMerged turns from the one to the other.
func (v *Files) ToggleMerged() { v.merged = !v.merged }

// ToggleAttributes shows modes and owners, or not.
func (v *Files) ToggleAttributes() { v.attrs = !v.attrs }

// SortNext sorts by the next of the columns.
func (v *Files) SortNext() tea.Cmd { return v.SortBy(v.order.Next()) }

// Seeks reports whether there are matches to go to: of the filter, or of what the
// chosen fix takes away.
func (v *Files) Seeks() bool { return v.query != nil || v.marked >= 0 }

// Outline is the tree that is shown, nil while there is none or it is being built.
func (v *Files) Outline() *filetree.Outline { return v.current }

// ShowOutline shows a tree that was built elsewhere.
func (v *Files) ShowOutline(o *filetree.Outline) { v.current = o }

// Matches is what the filter finds in the tree, nil while that is not known.
func (v *Files) Matches() *filetree.Matches { return v.finds }

// Span is the layers that are shown.
func (v *Files) Span() filetree.Span { return v.span }

// Order is what directories are sorted by.
func (v *Files) Order() filetree.Order { return v.order }

// Busy reports whether a tree is being built or searched away from the interface.
func (v *Files) Busy() bool { return v.busy }
