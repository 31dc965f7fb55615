package model

import "slices"

// Names knows the visible names of every file version, hard links included. It
// is a snapshot of a finished tree, and safe for concurrent use.
type Names struct {
	tree  *Tree
	links map[RecordID][]NodeID // of versions with visible hard links: all names, in order
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
	for id, links := range n.links {
		if r := &t.Records[id]; r.Gone == StillThere {
			links = append(links, r.Node)
		}
		slices.SortFunc(links, t.ComparePath)
		n.links[id] = links
	}
	return n
}

// Of returns every visible name of a version, in byte order of their paths; none
// for a shadowed one. They belong to Names: the caller must not change them.
func (n *Names) Of(id RecordID) []NodeID {
	if links := n.links[id]; len(links) > 0 {
		return links
	}
	if r := &n.tree.Records[id]; r.Gone == StillThere {
		return []NodeID{r.Node}
	}
	return nil
}

// First returns the first visible name of a version or, of a shadowed one, the
// name its layer stores it under.
func (n *Names) First(id RecordID) NodeID {
	if links := n.links[id]; len(links) > 0 {
		return links[0]
	}
	return n.tree.Records[id].Node
}
