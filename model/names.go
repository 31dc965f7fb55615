package model

import "slices"

// Names knows the visible names of every file version, hard links included. It
// is a snapshot of a finished tree.
type Names struct {
	tree  *Tree
	links map[RecordID][]NodeID
}

// VisibleNames collects the visible names of the tree's versions. It costs one
// pass over the records, and memory only for hard links.
func (t *Tree) VisibleNames() *Names {
	n := &Names{tree: t, links: make(map[RecordID][]NodeID)}
	for i := range t.Records {
		if r := &t.Records[i]; r.Kind == Link && r.Gone == StillThere {
			to := t.Content(RecordID(i))
			n.links[to] = append(n.links[to], r.Node)
		}
	}
	return n
}

// Of returns every visible name of a version, in byte order of their paths; none
// for a shadowed one.
func (n *Names) Of(id RecordID) []NodeID {
	r := &n.tree.Records[id]
	links := n.links[id]
	if r.Gone == StillThere {
		if len(links) == 0 {
			return []NodeID{r.Node}
		}
		links = append([]NodeID{r.Node}, links...)
	}
	if len(links) > 1 {
		links = slices.Clone(links)
		slices.SortFunc(links, n.tree.ComparePath)
	}
	return links
}

// First returns the first visible name of a version or, of a shadowed one, the
// name its layer stores it under.
func (n *Names) First(id RecordID) NodeID {
	r := &n.tree.Records[id]
	links := n.links[id]
	if len(links) == 0 {
		return r.Node
	}
	if len(links) == 1 && r.Gone != StillThere {
		return links[0]
	}
	return n.Of(id)[0]
}
