package filetree

import (
	"iter"
	"slices"

	"github.com/tare-oci/tare/model"
)

// What a run of layers does to a path.
const (
	Unchanged byte = ' ' // a directory that is only on the way to something
	Added     byte = 'A'
	Modified  byte = 'M'
	Deleted   byte = 'D'
)

// Entry is one path in a layer tree: 48 bytes, because there can be millions.
type Entry struct {
	Node         model.NodeID
	Record       model.RecordID // the newest one in the layers shown; NoRecord for a directory without
	Parent       int32
	first, count int32 // its children: layerTree.order[first:first+count]
	Size, Wasted int64 // of the file versions that these layers hold at and below the path
	Change       byte
	Opaque       bool // the layers hide what lower ones have in the directory
}

// LayerTree is what a run of layers adds to the image and removes from it, as a tree with sums and
// with children ordered by size. It does not change after it was built.
type LayerTree struct {
	Tree    *model.Tree
	Span    Span
	Entries []Entry
	order   []int32
	missing []model.NodeID // put's own
}

// Build gathers the records of a run of layers. It takes time in
// proportion to their number, and four bytes for each path of the image.
func Build(t *model.Tree, span Span, by Order) *LayerTree {
	span.Last = min(span.Last, t.Layers()-1)
	lt := &LayerTree{Tree: t, Span: span}
	index := make([]int32, len(t.Nodes)) // entry of a node, plus one
	records := 0
	for layer := span.First; layer <= span.Last; layer++ {
		records += t.Starts[layer+1] - t.Starts[layer]
	}
	lt.Entries = make([]Entry, 0, min(records, len(t.Nodes))+1) // growing it was half of the work
	lt.Entries = append(lt.Entries, Entry{Node: model.Root, Record: model.NoRecord, Change: Unchanged})
	index[model.Root] = 1
	for layer := span.First; layer <= span.Last; layer++ {
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
func (lt *LayerTree) put(index []int32, id model.RecordID, r *model.Record) {
	lt.missing = lt.missing[:0]
	for at := r.Node; index[at] == 0; at = lt.Tree.Nodes[at].Parent {
		lt.missing = append(lt.missing, at)
	}
	for _, node := range slices.Backward(lt.missing) {
		parent := index[lt.Tree.Nodes[node].Parent] - 1
		lt.Entries = append(lt.Entries, Entry{Node: node, Record: model.NoRecord, Parent: parent, Change: Unchanged})
		index[node] = int32(len(lt.Entries))
	}
	e := &lt.Entries[index[r.Node]-1]
	switch r.Kind {
	case model.Opaque:
		e.Opaque = true
		return
	case model.Implied:
		if e.Record == model.NoRecord {
			e.Record = id
		}
		return
	case model.File:
		e.Size += r.Size.Bytes()
		if r.Verdict == model.Shadowed || r.Verdict == model.Leftover {
			e.Wasted += r.Size.Bytes()
		}
	}
	e.Record = id
}

// judge compares each path with the layers below, and sets its change.
func (lt *LayerTree) judge() {
	for i := range lt.Entries {
		e := &lt.Entries[i]
		if e.Record == model.NoRecord {
			continue
		}
		r := &lt.Tree.Records[e.Record]
		if r.Kind == model.Implied {
			continue
		}
		below, stood := model.NoRecord, false
		if lt.Span.From > 0 {
			below, stood = lt.Tree.At(e.Node, lt.Span.From-1)
		}
		switch {
		case r.Kind != model.Whiteout && int(r.Gone) <= lt.Span.Last:
			e.Change = Deleted // with the directory that it lay in, or by a later name
		case int(r.Layer) < lt.Span.From && r.Kind != model.Whiteout:
			e.Change = Unchanged
		case r.Kind == model.Whiteout && !stood && e.Size == 0:
			e.Change = Unchanged // hides nothing
		case r.Kind == model.Whiteout:
			e.Change = Deleted
		case !stood:
			e.Change = Added
		case r.Kind == model.Directory && lt.sameDirectory(r, &lt.Tree.Records[below]):
			e.Change = Unchanged // tar lists the directories on the way too
		default:
			e.Change = Modified
		}
	}
}

func (lt *LayerTree) sameDirectory(a, b *model.Record) bool {
	return b.Kind == model.Directory && a.Owner == b.Owner
}

// sum adds each entry's bytes to its directory's. Parents stand before children.
func (lt *LayerTree) sum() {
	for i := len(lt.Entries) - 1; i > 0; i-- {
		e := &lt.Entries[i]
		p := &lt.Entries[e.Parent]
		p.Size += e.Size
		p.Wasted += e.Wasted
		p.count++
	}
}

// arrange lays the children of each directory side by side.
func (lt *LayerTree) arrange() {
	lt.order = make([]int32, len(lt.Entries)-1)
	at := int32(0)
	for i := range lt.Entries {
		e := &lt.Entries[i]
		e.first, at = at, at+e.count
		e.count = 0
	}
	for i := 1; i < len(lt.Entries); i++ {
		p := &lt.Entries[lt.Entries[i].Parent]
		lt.order[p.first+p.count] = int32(i)
		p.count++
	}
}

// Versions yields the records of an entry, the newest first: those of lower
// layers lie below it, shadowed, where they are among the layers shown.
func (lt *LayerTree) Versions(e *Entry) iter.Seq[model.RecordID] {
	return func(yield func(model.RecordID) bool) {
		for id := e.Record; id != model.NoRecord && int(lt.Tree.Records[id].Layer) >= lt.Span.First; id = lt.Tree.Below(id) {
			if !yield(id) {
				return
			}
		}
	}
}

// Children are the indexes of the entries right below entry i, in the tree's order. The
// slice is the tree's own.
func (lt *LayerTree) Children(i int32) []int32 {
	e := &lt.Entries[i]
	return lt.order[e.first : e.first+e.count]
}

// IsDir reports whether an entry can be opened.
func (lt *LayerTree) IsDir(i int32) bool {
	e := &lt.Entries[i]
	if e.count > 0 || e.Record == model.NoRecord {
		return true
	}
	kind := lt.Tree.Records[e.Record].Kind
	return kind == model.Directory || kind == model.Implied
}
