package compare

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
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
	tree  *model.Tree
	at    []model.NodeID // by record
	bytes []int64
	files []int64
}

func weigh(t *model.Tree) *weighed {
	w := &weighed{tree: t, at: make([]model.NodeID, len(t.Records)), bytes: make([]int64, len(t.Nodes)), files: make([]int64, len(t.Nodes))}
	names := t.VisibleNames()
	for i := range t.Records {
		if r := &t.Records[i]; r.Kind == model.File {
			n := names.First(model.RecordID(i))
			w.at[i] = n
			w.bytes[n] += r.Size.Bytes()
			w.files[n]++
		}
	}
	for n := len(t.Nodes) - 1; n > int(model.Root); n-- { // a directory's node stands before those in it
		parent := t.Nodes[n].Parent
		w.bytes[parent] += w.bytes[n]
		w.files[parent] += w.files[n]
	}
	return w
}

// both is one path in the two images; NoNode where one has none.
type both struct {
	from, to model.NodeID
	level    int
}

// comparePaths lists the directories and files that gained or lost most. A directory is
// opened, and its items are listed instead of it, as long as one of them did most of it,
// or as they cancel each other out.
func (c *comparison) comparePaths() []model.PathChange {
	from, to := weigh(c.old.Tree), weigh(c.new.Tree)
	growth := func(b both) int64 { return changeIn(from.bytes, to.bytes, b).Growth }
	var items []both
	open := []both{{model.Root, model.Root, 0}}
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
	changes := make([]model.PathChange, len(items))
	for i, b := range items {
		ch := &changes[i]
		ch.Bytes, ch.Files = changeIn(from.bytes, to.bytes, b), changeIn(from.files, to.files, b)
		ch.Kind = kindOf(b.from != model.NoNode && ch.Files.Old > 0, b.to != model.NoNode && ch.Files.New > 0, ch.Bytes)
		tree, n := to.tree, b.to
		if n == model.NoNode {
			tree, n = from.tree, b.from
		}
		ch.Path, ch.Directory = tree.Path(n), tree.Nodes[n].FirstChild != model.NoNode
	}
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(byWeight(changes[i].Bytes, changes[j].Bytes), cmp.Compare(changes[i].Path, changes[j].Path))
	})
	order = order[:min(len(order), model.MaxComparedPaths)]
	listed, kept := make([]model.PathChange, len(order)), make([]both, len(order))
	for i, from := range order {
		listed[i], kept[i] = changes[from], items[from]
	}
	c.blame(from, to, kept, listed)
	return listed
}

func changeIn(from, to []int64, b both) model.Delta {
	var old, now int64
	if b.from != model.NoNode {
		old = from[b.from]
	}
	if b.to != model.NoNode {
		now = to[b.to]
	}
	return model.DeltaOf(old, now)
}

// insideOf pairs what lies in a directory of the two trees by name.
func insideOf(from, to *model.Tree, at both) []both {
	var inside []both
	index := make(map[string]int)
	if at.from != model.NoNode {
		for n := range from.Children(at.from) {
			index[from.Name(n)] = len(inside)
			inside = append(inside, both{n, model.NoNode, at.level + 1})
		}
	}
	if at.to != model.NoNode {
		for n := range to.Children(at.to) {
			if i, ok := index[to.Name(n)]; ok {
				inside[i].to = n
			} else {
				inside = append(inside, both{model.NoNode, n, at.level + 1})
			}
		}
	}
	return inside
}

// blame finds for each path the step that did most of its change. The versions
// of a step count against those of the same step in the old image.
func (c *comparison) blame(from, to *weighed, items []both, changes []model.PathChange) {
	gains := make([]map[int]int64, len(items)) // by step of the new image; goneBelow less the step, by one of the old image
	for i := range gains {
		gains[i] = make(map[int]int64)
	}
	successor := c.successors()
	tally := func(w *weighed, r *model.Report, p *build, pick func(both) model.NodeID, count func(item, step int, size int64)) {
		within := w.within(items, pick)
		for i := range w.tree.Records {
			v := &w.tree.Records[i]
			if v.Kind != model.File || int(v.Layer) >= len(r.Layers) {
				continue
			}
			if item := within[w.at[i]]; item >= 0 {
				count(int(item), p.ofLayer[v.Layer], v.Size.Bytes())
			}
		}
	}
	tally(from, c.old, c.from, func(b both) model.NodeID { return b.from }, func(item, step int, size int64) { gains[item][successor[step]] -= size })
	tally(to, c.new, c.to, func(b both) model.NodeID { return b.to }, func(item, step int, size int64) { gains[item][step] += size })
	for i := range changes {
		best, most := noStep, int64(0)
		sign := int64(1)
		if changes[i].Bytes.Growth < 0 {
			sign = -1
		}
		for step, gain := range gains[i] {
			if gain *= sign; gain > most || gain == most && gain > 0 && step > best {
				best, most = step, gain
			}
		}
		changes[i].StepBytes = sign * most
		if best >= 0 {
			changes[i].Step = c.to.at(best)
		} else if best <= goneBelow {
			changes[i].Step = c.from.at(goneBelow - best)
		}
	}
}

// within says for each node which of the items it belongs to, -1 for none.
func (w *weighed) within(items []both, pick func(both) model.NodeID) []int32 {
	in := make([]int32, len(w.tree.Nodes))
	for n := range in {
		in[n] = -1
	}
	for i, b := range items {
		if n := pick(b); n != model.NoNode {
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
