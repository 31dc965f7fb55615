package pane

import (
	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/filetree"
	"github.com/tare-oci/tare/ui/tui/packagetree"
)

// Packages is the view of what the package managers installed, as a tree of why:
// each package below the one that needs or recommends it. Sizes are those of a
// package with all that it brought.
type Packages struct {
	state

	tree    *packagetree.Tree
	visible []filetree.Row // the tree as far as it is open
	opened  []bool         // by node
	found   int            // packages that the filter finds
	holding map[string]*model.Finding
}

// packageRules are the rules that hold whole packages, by their ids.
var packageRules = rulesOf(string(analyze.AboutPackages))

// Show takes a report over and keeps the cursor on its package.
func (v *Packages) Show(report *model.Report) {
	before := v.chosenPackage()
	v.report, v.tree, v.visible, v.holding = report, nil, nil, make(map[string]*model.Finding)
	if report != nil {
		for i := range report.Findings {
			f := &report.Findings[i]
			if packageRules[f.Rule] == nil {
				continue // it holds some files of the packages that it names
			}
			for _, name := range f.Packages {
				if held := v.holding[name]; held == nil || f.Bytes > held.Bytes {
					v.holding[name] = f
				}
			}
		}
		v.tree = packagetree.Build(report, func(i int) bool {
			f := v.finding(&report.Packages[i])
			return f != nil && f.Wasted()
		})
		v.opened = make([]bool, len(v.tree.Nodes))
		if len(v.tree.Top) > 0 && v.tree.Nodes[v.tree.Top[0]].Title != packagetree.FromBase {
			v.opened[v.tree.Top[0]] = true // there is most to see
		}
		v.unfold()
	}
	v.Resize(len(v.visible), v.Height)
	if before != nil && v.Cursor > 0 {
		v.Reveal(before.Name, before.Arch)
	}
}

// finding is the one that holds a package, nil where there is none.
func (v *Packages) finding(p *model.Package) *model.Finding {
	f := v.holding[p.Name]
	if f == nil || f.Layer != nil && *f.Layer != p.Layer {
		return nil
	}
	return f
}

// unfold lists the rows that are open.
func (v *Packages) unfold() {
	type level struct {
		nodes []int32
		depth int32
	}
	v.visible = v.visible[:0]
	if v.tree == nil { // keys come before the report does
		return
	}
	left := v.left()
	levels := []level{{v.tree.Top, 0}} // no recursion: who knows how deep a report is
	for len(levels) > 0 {
		last := &levels[len(levels)-1]
		if len(last.nodes) == 0 {
			levels = levels[:len(levels)-1]
			continue
		}
		at, depth := last.nodes[0], last.depth
		last.nodes = last.nodes[1:]
		if left != nil && !left[at] {
			continue
		}
		v.visible = append(v.visible, filetree.Row{Entry: at, Depth: depth})
		if v.opened[at] || left != nil {
			levels = append(levels, level{v.tree.Nodes[at].Children, depth + 1})
		}
	}
}

// Reveal opens what is above a package and puts the cursor on it.
func (v *Packages) Reveal(name, arch string) {
	for i := range v.report.Packages {
		if p := &v.report.Packages[i]; p.Name != name || p.Arch != arch {
			continue
		}
		for at := v.tree.Nodes[i].Parent; at >= 0; at = v.tree.Nodes[at].Parent {
			v.opened[at] = true
		}
		v.unfold()
		v.Resize(len(v.visible), v.Height)
		for row := range v.visible {
			if v.visible[row].Entry == int32(i) {
				v.To(row)
			}
		}
		return
	}
}

// chosen is the node under the cursor, nil where there is none.
func (v *Packages) chosen() *packagetree.Node {
	if v.tree == nil || v.Cursor < 0 || v.Cursor >= len(v.visible) {
		return nil
	}
	return &v.tree.Nodes[v.visible[v.Cursor].Entry]
}

func (v *Packages) chosenPackage() *model.Package {
	if n := v.chosen(); n != nil && n.Index >= 0 {
		return &v.report.Packages[n.Index]
	}
	return nil
}

// Empty says why there are no rows.
func (v *Packages) Empty() string {
	switch {
	case v.over:
		return "Nothing is known."
	case v.report == nil || v.report.Partial:
		return "Packages appear once the layers have been read."
	case v.narrow.on():
		return v.nothing()
	}
	return "This image has no package database."
}

// Tall reports that the rows matter more than the text about one of them.
func (v *Packages) Tall() bool { return true }

// Selected is the finding that the row under the cursor is about, the first with an edit.
func (v *Packages) Selected() (*model.Finding, bool) {
	switch n := v.chosen(); {
	case n == nil:
		return nil, true
	case n.Index >= 0:
		return v.brought(n), true
	default:
		return v.held(n), true
	}
}

// Hints are the keys that do something on the row under the cursor.
func (v *Packages) Hints() []Hint {
	does := "read"
	if n := v.chosen(); n != nil && len(n.Children) > 0 {
		does = "open"
	}
	f, _ := v.Selected()
	return v.readHints(f, does)
}

// Press opens and closes rows; what else a key means is left to the caller.
func (v *Packages) Press(key Key) Effect {
	n := v.chosen()
	if n == nil {
		return effectNone
	}
	row := v.visible[v.Cursor]
	open := v.opened[row.Entry]
	switch {
	case open && key != KeyRight:
		v.opened[row.Entry] = false
	case !open && key != KeyLeft && len(n.Children) > 0:
		v.opened[row.Entry] = true
	case key == KeyLeft:
		for v.Cursor > 0 && v.visible[v.Cursor].Depth >= row.Depth && row.Depth > 0 {
			v.Move(-1)
		}
		return effectDone
	case key == KeyRight && open:
		v.Move(1)
		return effectDone
	default:
		return v.state.Press(key)
	}
	v.unfold()
	v.Resize(len(v.visible), v.Height)
	return effectDone
}
