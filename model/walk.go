package model

import (
	"bytes"
	"iter"
	"slices"
)

// Sorted yields every node but the root in byte order of its whole path,
// whether or not anything is visible there. It needs memory for the directories it
// is in, not for the tree.
func (t *Tree) Sorted() iter.Seq[NodeID] {
	return func(yield func(NodeID) bool) { t.walk(Root, yield) }
}

// step is one item of a directory in byte order of paths: a node itself, or all
// that is below it. The two can stand apart: "a" < "a-b" < "a/b".
type step struct {
	node  NodeID
	below bool
}

func (t *Tree) walk(n NodeID, yield func(NodeID) bool) bool {
	var steps []step
	for c := range t.Children(n) {
		steps = append(steps, step{c, false})
		if t.Nodes[c].FirstChild != NoNode {
			steps = append(steps, step{c, true})
		}
	}
	slices.SortFunc(steps, t.compareSteps)
	for _, s := range steps {
		if s.below && !t.walk(s.node, yield) || !s.below && !yield(s.node) {
			return false
		}
	}
	return true
}

func (t *Tree) compareSteps(a, b step) int {
	left, right := t.NameBytes(a.node), t.NameBytes(b.node)
	n := min(len(left), len(right))
	if c := bytes.Compare(left[:n], right[:n]); c != 0 {
		return c
	}
	return next(left[n:], a.below) - next(right[n:], b.below)
}

// next is the byte that follows in the path: of the name, or the slash after it.
func next(rest []byte, below bool) int {
	switch {
	case len(rest) > 0:
		return int(rest[0])
	case below:
		return '/'
	}
	return -1
}
