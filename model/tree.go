package model

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"
)

// NodeID names a path that some layer of the image mentions. Root is 0.
type NodeID uint32

// RecordID names a record: one tar entry of one layer.
type RecordID uint32

const (
	// Root is the node of "/".
	Root NodeID = 0
	// NoRecord stands for "no record".
	NoRecord RecordID = 1<<32 - 1
	// NoNode ends a list of nodes.
	NoNode NodeID = 1<<32 - 1
	// StillThere is the layer index "never hidden".
	StillThere uint16 = 1<<16 - 1
	// NoFinding stands for "held by no finding".
	NoFinding uint32 = 1<<32 - 1
	// NoRef stands for a Ref that refers to nothing.
	NoRef uint32 = 1<<32 - 1
)

// Kind is what a record puts at its path.
type Kind uint8

const (
	File      Kind = iota // a regular file with content of its own: a file version
	Link                  // a hard link: another name of the record in Target
	Directory             // a directory named by the layer
	Implied               // a directory no layer names, only paths below it
	Symlink
	CharDevice
	BlockDevice
	Fifo
	Whiteout // hides the path in the layers below
	Opaque   // hides what the layers below have under the directory
)

// Node is a path. Nodes never move and are never removed; whether something is
// visible there is the record's business.
type Node struct {
	Parent, FirstChild, NextSibling NodeID
	Last                            RecordID // the newest record at this path; older ones through Tree.Below
	nameEnd                         uint32   // in Tree.names; the name starts where the node before it ends
}

// Record is one tar entry, in 32 bytes: an image has millions. A path's records
// form a list from the newest layer down. A record's name is visible in layers
// [Layer, Gone).
type Record struct {
	Node  NodeID // the path
	Owner uint32 // index of mode, uid and gid, see Tree.Attributes
	// Ref is what the kind needs. File: the index of the finding that holds it,
	// or NoFinding; Link: the record linked to; Symlink: the index of its text.
	Ref        uint32
	Layer      uint16
	Gone       uint16 // layer that took this name away, StillThere if none did
	HiddenBy   uint16 // File: layer that hid its last name, StillThere while visible
	Size       Size   // of the content; 0 unless Kind is File
	Compressed Size   // its share of the layer's blob; SizeUnknown where nobody knows
	Kind       Kind
	Verdict    Verdict // File
	Cause      Cause   // File: why shadowed
	over       bool    // there is another record below it
}

// Target is the record that a hard link links to.
func (r *Record) Target() RecordID { return RecordID(r.Ref) }

// Finding is the index of the finding that holds a file version, NoFinding for
// none and for what is no file.
func (r *Record) Finding() uint32 {
	if r.Kind != File {
		return NoFinding
	}
	return r.Ref
}

// Attributes are the metadata of a record. Mode is the twelve Unix permission
// bits. UID and GID are -1 where no layer says (an implied directory).
type Attributes struct {
	Mode     uint16
	UID, GID int64
}

// LinkOwner says which of the report's packages owns a symbolic link. What the link leads to may
// belong to another one.
type LinkOwner struct {
	Link    RecordID
	Package int32
}

// Tree is every path, every record and every file version of an image, in a
// form small enough for millions of them. Overlay builds it; afterwards it is
// read-only and safe for any number of readers.
type Tree struct {
	Nodes   []Node
	Records []Record // grouped by layer, in the order of the tar
	Starts  []int    // Starts[i] is the first record of layer i; one more at the end

	// below are the records that have another below them, with that one, by
	// their ID: few have, so it is not a field of all.
	below [][2]RecordID

	// Packages says by record which of the report's packages owns a file or hard
	// link, -1 for none; nil where the image has no package database.
	Packages []int32

	// LinkOwners are the symbolic links that the report's packages own, in the order of
	// their records; nil where the image has no package database.
	LinkOwners []LinkOwner

	// Libraries says by record which of the report's packages owns a visible file that none of
	// the system's owns: one of a programming language; -1 for none, nil where there are none.
	Libraries []int32

	// Sums are by record a part of a hash of its content, to find what changed from one
	// image to another; 0 where that is not known. Those of two trees can be compared
	// where [LayerContent] can. Nil where the analysis was not asked for contents.
	Sums []uint64

	// Needs says by package of the report which others it depends on; nil where
	// the image has no package database.
	Needs [][]int32

	// Spare says by package which of Needs stand in for another one of them: the first
	// of several alternatives that are installed is none of these.
	Spare [][]int32

	names  []byte
	attrs  []Attributes
	attrID map[Attributes]uint32
	texts  []string
}

// NewTree returns a tree that holds nothing but the root.
func NewTree() *Tree {
	t := &Tree{attrID: make(map[Attributes]uint32)}
	t.Nodes = append(t.Nodes, Node{Parent: Root, FirstChild: NoNode, NextSibling: NoNode, Last: NoRecord})
	return t
}

// AddNode appends a path below parent. It does not look whether there is one
// already: that is the builder's job.
func (t *Tree) AddNode(parent NodeID, name string) NodeID {
	id := NodeID(len(t.Nodes))
	t.names = append(t.names, name...)
	t.Nodes = append(t.Nodes, Node{
		Parent: parent, FirstChild: NoNode, NextSibling: t.Nodes[parent].FirstChild,
		Last: NoRecord, nameEnd: uint32(len(t.names)),
	})
	t.Nodes[parent].FirstChild = id
	return id
}

// Intern returns the index under which attributes are kept once.
func (t *Tree) Intern(a Attributes) uint32 {
	id, ok := t.attrID[a]
	if !ok {
		id = uint32(len(t.attrs))
		t.attrs = append(t.attrs, a)
		t.attrID[a] = id
	}
	return id
}

// Push puts a record on top of the others at its path and returns its ID. It is
// for those who build a tree, layer by layer.
func (t *Tree) Push(r Record) RecordID {
	id := RecordID(len(t.Records))
	node := &t.Nodes[r.Node]
	if r.over = node.Last != NoRecord; r.over {
		t.below = append(t.below, [2]RecordID{id, node.Last})
	}
	node.Last = id
	t.Records = append(t.Records, r)
	return id
}

// Reserve makes room for n more records, so that they are not moved one by one.
// It is for those who build a tree, before a layer.
func (t *Tree) Reserve(n int) { t.Records = slices.Grow(t.Records, n) }

// Trim gives back the room that a tree kept for more. It is for those who built
// one, when it is done.
func (t *Tree) Trim() {
	t.Nodes, t.Records = exact(t.Nodes), exact(t.Records)
	t.names, t.below = exact(t.names), exact(t.below)
}

// exact is s without room behind it, where that is more than a little.
func exact[S ~[]E, E any](s S) S {
	if cap(s)-len(s) <= len(s)/64 {
		return s
	}
	return append(make(S, 0, len(s)), s...)
}

// Below returns the record that a record's path had before, NoRecord if none.
func (t *Tree) Below(id RecordID) RecordID {
	if !t.Records[id].over {
		return NoRecord
	}
	i, _ := slices.BinarySearchFunc(t.below, id, func(pair [2]RecordID, id RecordID) int { return cmp.Compare(pair[0], id) })
	return t.below[i][1]
}

// AddText keeps a symbolic link's text and returns its index.
func (t *Tree) AddText(text string) uint32 {
	t.texts = append(t.texts, text)
	return uint32(len(t.texts) - 1)
}

// Attributes returns mode, owner and group of a record.
func (t *Tree) Attributes(r *Record) Attributes { return t.attrs[r.Owner] }

// LinkText returns what a symbolic link points to.
func (t *Tree) LinkText(r *Record) string { return t.texts[r.Ref] }

// NameBytes returns a node's own name without its directories. The bytes belong to
// the tree; the caller must not change them.
func (t *Tree) NameBytes(n NodeID) []byte {
	if n == Root {
		return nil
	}
	return t.names[t.Nodes[n-1].nameEnd:t.Nodes[n].nameEnd]
}

// Name returns a node's own name without its directories.
func (t *Tree) Name(n NodeID) string { return string(t.NameBytes(n)) }

// Path returns a node's whole path, without a leading slash; "" for the root.
func (t *Tree) Path(n NodeID) string {
	var mem [256]byte // more than nearly all paths have, and it stays on the stack
	return string(t.AppendPath(mem[:0], n))
}

// AppendPath appends a node's whole path to b.
func (t *Tree) AppendPath(b []byte, n NodeID) []byte {
	if n == Root {
		return b
	}
	length := t.PathLen(n, math.MaxInt)
	b = slices.Grow(b, length)[:len(b)+length]
	end := len(b)
	for at := n; ; {
		name := t.NameBytes(at)
		end -= len(name)
		copy(b[end:], name)
		if at = t.Nodes[at].Parent; at == Root {
			return b
		}
		end--
		b[end] = '/'
	}
}

// PathLen is how many bytes a node's whole path has. It stops counting when it
// is over most.
func (t *Tree) PathLen(n NodeID, most int) int {
	length := 0
	for at := n; at != Root && length <= most; at = t.Nodes[at].Parent {
		length += len(t.NameBytes(at))
		if at != n {
			length++
		}
	}
	return length
}

// Lookup finds the node of a path without leading slash. It walks child lists,
// so it is for a few look-ups, not for building.
func (t *Tree) Lookup(path string) (NodeID, bool) {
	at := Root
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if part == "" {
			continue
		}
		next := t.Nodes[at].FirstChild
		for next != NoNode && string(t.NameBytes(next)) != part {
			next = t.Nodes[next].NextSibling
		}
		if next == NoNode {
			return 0, false
		}
		at = next
	}
	return at, true
}

// Children yields the nodes below n in no particular order, visible or not.
func (t *Tree) Children(n NodeID) iter.Seq[NodeID] {
	return func(yield func(NodeID) bool) {
		for c := t.Nodes[n].FirstChild; c != NoNode; c = t.Nodes[c].NextSibling {
			if !yield(c) {
				return
			}
		}
	}
}

// At returns the record whose name is visible at n in the filesystem made of
// layers 0 to layer, and whether there is one.
func (t *Tree) At(n NodeID, layer int) (RecordID, bool) {
	for id := t.Nodes[n].Last; id != NoRecord; id = t.Below(id) {
		r := &t.Records[id]
		if r.Kind >= Whiteout || int(r.Layer) > layer {
			continue
		}
		if r.Gone == StillThere || int(r.Gone) > layer {
			return id, true
		}
	}
	return NoRecord, false
}

// Visible returns the record whose name is visible at n in the whole image.
func (t *Tree) Visible(n NodeID) (RecordID, bool) { return t.At(n, int(StillThere)-1) }

// Content follows hard links to the record that holds the bytes (or is the
// symlink or device that was linked to).
func (t *Tree) Content(id RecordID) RecordID {
	for t.Records[id].Kind == Link {
		id = t.Records[id].Target()
	}
	return id
}

// Layer yields the records of one layer in the order of its tar.
func (t *Tree) Layer(i int) iter.Seq2[RecordID, *Record] {
	return func(yield func(RecordID, *Record) bool) {
		for id := t.Starts[i]; id < t.Starts[i+1]; id++ {
			if !yield(RecordID(id), &t.Records[id]) {
				return
			}
		}
	}
}

// Layers is how many layers the tree holds.
func (t *Tree) Layers() int { return max(len(t.Starts)-1, 0) }

// ComparePath orders nodes by their whole path, byte by byte. It takes time in
// proportion to the directories above them, not to the length of their names.
func (t *Tree) ComparePath(a, b NodeID) int {
	x, y := a, b
	above := t.depth(a) - t.depth(b)
	for ; above > 0; above-- {
		x = t.Nodes[x].Parent
	}
	for ; above < 0; above++ {
		y = t.Nodes[y].Parent
	}
	if x == y { // one is the other, or lies below it
		return cmp.Compare(t.depth(a), t.depth(b))
	}
	for t.Nodes[x].Parent != t.Nodes[y].Parent {
		x, y = t.Nodes[x].Parent, t.Nodes[y].Parent
	}
	return cmp.Compare(t.compareSteps(step{x, x != a}, step{y, y != b}), 0)
}

// depth is how many directories lie above a node, the root included.
func (t *Tree) depth(n NodeID) (depth int) {
	for ; n != Root; n = t.Nodes[n].Parent {
		depth++
	}
	return depth
}
