package tui

import (
	"iter"
	"slices"

	"github.com/tare-oci/tare/model"
)

// What a run of layers does to a path.
const (
	unchanged byte = ' ' // a directory that is only on the way to something
	added     byte = 'A'
	modified  byte = 'M'
	deleted   byte = 'D'
)

// entry is one path in a layer tree: 48 bytes, because there can be millions.
type entry struct {
	node         model.NodeID
	record       model.RecordID // the newest one in the layers shown; NoRecord for a directory without
	parent       int32
	first, count int32 // its children: layerTree.order[first:first+count]
	size, wasted int64 // of the file versions that these layers hold at and below the path
	change       byte
	opaque       bool // the layers hide what lower ones have in the directory
}

// layerTree is what a run of layers puts into the image and takes out of it, as
// a tree with sums, children ordered by size. It is built once, away from the
// interface's own goroutine, and not changed afterwards.
type layerTree struct {
	tree    *model.Tree
	span    layerSpan
	entries []entry
	order   []int32
	missing []model.NodeID // put's own
}

// buildLayerTree gathers the records of a run of layers. It takes time in
// proportion to their number, and four bytes for each path of the image.
func buildLayerTree(t *model.Tree, span layerSpan, by order) *layerTree {
	span.last = min(span.last, t.Layers()-1)
	lt := &layerTree{tree: t, span: span}
	index := make([]int32, len(t.Nodes)) // entry of a node, plus one
	lt.entries = append(lt.entries, entry{node: model.Root, record: model.NoRecord, change: unchanged})
	index[model.Root] = 1
	for layer := span.first; layer <= span.last; layer++ {
		for id, r := range t.Layer(layer) {
			lt.put(index, id, r)
		}
	}
	lt.judge()
	lt.sum()
	lt.arrange()
	lt.sort(by)
	return lt
}

// put adds a record to the entry of its path, and the directories above it.
func (lt *layerTree) put(index []int32, id model.RecordID, r *model.Record) {
	lt.missing = lt.missing[:0]
	for at := r.Node; index[at] == 0; at = lt.tree.Nodes[at].Parent {
		lt.missing = append(lt.missing, at)
	}
	for _, node := range slices.Backward(lt.missing) {
		parent := index[lt.tree.Nodes[node].Parent] - 1
		lt.entries = append(lt.entries, entry{node: node, record: model.NoRecord, parent: parent, change: unchanged})
		index[node] = int32(len(lt.entries))
	}
	e := &lt.entries[index[r.Node]-1]
	switch r.Kind {
	case model.Opaque:
		e.opaque = true
		return
	case model.Implied:
		if e.record == model.NoRecord {
			e.record = id
		}
		return
	case model.File:
		e.size += r.Size.Bytes()
		if r.Verdict == model.Shadowed || r.Verdict == model.Leftover {
			e.wasted += r.Size.Bytes()
		}
	}
	e.record = id
}

// judge finds out what happened to each path, by what stood there below.
func (lt *layerTree) judge() {
	for i := range lt.entries {
		e := &lt.entries[i]
		if e.record == model.NoRecord {
			continue
		}
		r := &lt.tree.Records[e.record]
		if r.Kind == model.Implied {
			continue
		}
		below, stood := model.NoRecord, false
		if lt.span.from > 0 {
			below, stood = lt.tree.At(e.node, lt.span.from-1)
		}
		switch {
		case r.Kind != model.Whiteout && int(r.Gone) <= lt.span.last:
			e.change = deleted // with the directory that it lay in, or by a later name
		case int(r.Layer) < lt.span.from && r.Kind != model.Whiteout:
			e.change = unchanged
		case r.Kind == model.Whiteout && !stood && e.size == 0:
			e.change = unchanged // hides nothing
		case r.Kind == model.Whiteout:
			e.change = deleted
		case !stood:
			e.change = added
		case r.Kind == model.Directory && lt.sameDirectory(r, &lt.tree.Records[below]):
			e.change = unchanged // tar lists the directories on the way too
		default:
			e.change = modified
		}
	}
}

func (lt *layerTree) sameDirectory(a, b *model.Record) bool {
	return b.Kind == model.Directory && a.Owner == b.Owner
}

// sum adds each entry's bytes to its directory's. Parents stand before children.
func (lt *layerTree) sum() {
	for i := len(lt.entries) - 1; i > 0; i-- {
		e := &lt.entries[i]
		p := &lt.entries[e.parent]
		p.size += e.size
		p.wasted += e.wasted
		p.count++
	}
}

// arrange lays the children of each directory side by side.
func (lt *layerTree) arrange() {
	lt.order = make([]int32, len(lt.entries)-1)
	at := int32(0)
	for i := range lt.entries {
		e := &lt.entries[i]
		e.first, at = at, at+e.count
		e.count = 0
	}
	for i := 1; i < len(lt.entries); i++ {
		p := &lt.entries[lt.entries[i].parent]
		lt.order[p.first+p.count] = int32(i)
		p.count++
	}
}

// versions yields the records of an entry, the newest first: those of lower
// layers lie below it, shadowed, where they are among the layers shown.
func (lt *layerTree) versions(e *entry) iter.Seq[model.RecordID] {
	return func(yield func(model.RecordID) bool) {
		for id := e.record; id != model.NoRecord && int(lt.tree.Records[id].Layer) >= lt.span.first; id = lt.tree.Below(id) {
			if !yield(id) {
				return
			}
		}
	}
}

func (lt *layerTree) children(i int32) []int32 {
	e := &lt.entries[i]
	return lt.order[e.first : e.first+e.count]
}

// directory reports whether an entry can be opened.
func (lt *layerTree) folder(i int32) bool {
	e := &lt.entries[i]
	if e.count > 0 || e.record == model.NoRecord {
		return true
	}
	kind := lt.tree.Records[e.record].Kind
	return kind == model.Directory || kind == model.Implied
}
