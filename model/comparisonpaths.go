package model

import (
	"cmp"
	"slices"
)

const (
	// openLevels is how many levels of directories are always looked into: what
	// lies below usr/lib tells something, usr alone does not.
	openLevels = 2
	// maxOpened bounds how many directories are looked into.
	maxOpened = 10_000
)

// weighed is a tree with what lies at and below each node, in bytes and in file
// versions. A version counts at its first visible name or, when it has none, at
// the name its layer gives it.
type weighed struct {
	tree  *Tree
	at    []NodeID // by record
	bytes []int64
	files []int64
}

func weigh(t *Tree) *weighed {
	w := &weighed{tree: t, at: make([]NodeID, len(t.Records)), bytes: make([]int64, len(t.Nodes)), files: make([]int64, len(t.Nodes))}
	names := t.VisibleNames()
	for i := range t.Records {
		if r := &t.Records[i]; r.Kind == File {
			n := names.First(RecordID(i))
			w.at[i] = n
			w.bytes[n] += r.Size.Bytes()
			w.files[n]++
		}
	}
	for n := len(t.Nodes) - 1; n > int(Root); n-- { // a directory's node stands before those in it
		parent := t.Nodes[n].Parent
		w.bytes[parent] += w.bytes[n]
		w.files[parent] += w.files[n]
	}
	return w
}

// both is one path in the two images; NoNode where one has none.
type both struct {
	from, to NodeID
	level    int
}

// comparePaths lists the directories and files that gained or lost most. A directory is
// opened, and its items take its place, as long as one of them did most of it,
// or as they cancel each other out.
func (c *comparing) comparePaths() []PathChange {
	from, to := weigh(c.old.Tree), weigh(c.new.Tree)
	growth := func(b both) int64 { return changeIn(from.bytes, to.bytes, b).Growth }
	var items []both
	open := []both{{Root, Root, 0}}
	for opened := 0; len(open) > 0; opened++ {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		var inside []both
		var gross, most int64
		if opened < maxOpened {
			for _, b := range insideOf(from.tree, to.tree, at) {
				if g := growth(b); g != 0 {
					inside = append(inside, b)
					gross += max(g, -g)
					most = max(most, g, -g)
				}
			}
		}
		own := growth(at)
		if len(inside) > 0 && (at.level < openLevels || 2*most >= gross || gross/2 > max(own, -own)) {
			open = append(open, inside...)
		} else if own != 0 && at.level > 0 {
			items = append(items, at)
		}
	}
	changes := make([]PathChange, len(items))
	for i, b := range items {
		ch := &changes[i]
		ch.Bytes, ch.Files = changeIn(from.bytes, to.bytes, b), changeIn(from.files, to.files, b)
		ch.Kind = kindOf(b.from != NoNode && ch.Files.Old > 0, b.to != NoNode && ch.Files.New > 0, ch.Bytes)
		tree, n := to.tree, b.to
		if n == NoNode {
			tree, n = from.tree, b.from
		}
		ch.Path, ch.Folder = tree.Path(n), tree.Nodes[n].FirstChild != NoNode
	}
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(byWeight(changes[i].Bytes, changes[j].Bytes), cmp.Compare(changes[i].Path, changes[j].Path))
	})
	order = order[:min(len(order), MaxComparedPaths)]
	listed, kept := make([]PathChange, len(order)), make([]both, len(order))
	for i, from := range order {
		listed[i], kept[i] = changes[from], items[from]
	}
	c.blame(from, to, kept, listed)
	return listed
}

func changeIn(from, to []int64, b both) Change {
	var old, now int64
	if b.from != NoNode {
		old = from[b.from]
	}
	if b.to != NoNode {
		now = to[b.to]
	}
	return ChangeOf(old, now)
}

// insideOf pairs what lies in a directory of the two trees by name.
func insideOf(from, to *Tree, at both) []both {
	var inside []both
	index := make(map[string]int)
	if at.from != NoNode {
		for n := range from.Children(at.from) {
			index[from.Name(n)] = len(inside)
			inside = append(inside, both{n, NoNode, at.level + 1})
		}
	}
	if at.to != NoNode {
		for n := range to.Children(at.to) {
			if i, ok := index[to.Name(n)]; ok {
				inside[i].to = n
			} else {
				inside = append(inside, both{NoNode, n, at.level + 1})
			}
		}
	}
	return inside
}

// blame finds for each path the step that did most of its change. The versions
// of a step count against those of the same step in the old image.
func (c *comparing) blame(from, to *weighed, items []both, changes []PathChange) {
	gains := make([]map[int]int64, len(items)) // by place of the new image; of the old: goneBelow less the place
	for i := range gains {
		gains[i] = make(map[int]int64)
	}
	successor := c.successors()
	tally := func(w *weighed, r *Report, p *places, pick func(both) NodeID, count func(item, place int, size int64)) {
		within := w.within(items, pick)
		for i := range w.tree.Records {
			v := &w.tree.Records[i]
			if v.Kind != File || int(v.Layer) >= len(r.Layers) {
				continue
			}
			if item := within[w.at[i]]; item >= 0 {
				count(int(item), p.ofLayer[v.Layer], v.Size.Bytes())
			}
		}
	}
	tally(from, c.old, c.from, func(b both) NodeID { return b.from }, func(item, place int, size int64) { gains[item][successor[place]] -= size })
	tally(to, c.new, c.to, func(b both) NodeID { return b.to }, func(item, place int, size int64) { gains[item][place] += size })
	for i := range changes {
		best, most := noPlace, int64(0)
		sign := int64(1)
		if changes[i].Bytes.Growth < 0 {
			sign = -1
		}
		for place, gain := range gains[i] {
			if gain *= sign; gain > most || gain == most && gain > 0 && place > best {
				best, most = place, gain
			}
		}
		if best >= 0 {
			changes[i].Step = c.to.at(best)
		} else if best <= goneBelow {
			changes[i].Step = c.from.at(goneBelow - best)
		}
	}
}

// within says for each node which of the items it belongs to, -1 for none.
func (w *weighed) within(items []both, pick func(both) NodeID) []int32 {
	in := make([]int32, len(w.tree.Nodes))
	for n := range in {
		in[n] = -1
	}
	for i, b := range items {
		if n := pick(b); n != NoNode {
			in[n] = int32(i)
		}
	}
	for n := 1; n < len(in); n++ {
		if in[n] < 0 {
			in[n] = in[w.tree.Nodes[n].Parent]
		}
	}
	return in
}
