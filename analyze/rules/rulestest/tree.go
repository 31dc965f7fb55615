package rulestest

import "github.com/tare-oci/tare/model"

// Tree builds a merged tree by hand. The tests give its records the verdicts that an
// overlay would have found.
type Tree struct {
	*model.Tree
	nodes map[string]model.NodeID
}

// NewTree returns a tree with a root and no records.
func NewTree() *Tree {
	t := &Tree{Tree: model.NewTree(), nodes: map[string]model.NodeID{"": model.Root}}
	t.Starts = []int{0}
	t.Intern(model.Attributes{Mode: 0o644}) // what a record has whose test says nothing else
	return t
}

// Node returns the node of a path without leading slash, made if need be.
func (t *Tree) Node(path string) model.NodeID {
	at := ""
	for i := range len(path) + 1 {
		if i < len(path) && path[i] != '/' {
			continue
		}
		parent := at
		at = path[:i]
		if _, ok := t.nodes[at]; !ok {
			name := at
			if parent != "" {
				name = at[len(parent)+1:]
			}
			t.nodes[at] = t.AddNode(t.nodes[parent], name)
		}
	}
	return t.nodes[path]
}

// Add adds a version at a path without leading slash.
func (t *Tree) Add(path string, r model.Record) model.RecordID {
	r.Node = t.Node(path)
	if r.Kind == model.File {
		r.Ref = model.NoFinding
	}
	if r.Verdict != model.Shadowed {
		r.Gone, r.HiddenBy = model.StillThere, model.StillThere
	} else {
		r.Gone = r.HiddenBy
	}
	return t.Push(r)
}
