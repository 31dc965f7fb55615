package analyze

import (
	"hash/maphash"
	"strings"

	"github.com/tare-oci/tare/model"
)

// pathIndex finds many paths of a tree. [model.Tree.Lookup] walks the children of each directory,
// which takes too long where a hundred thousand of them are asked for; this remembers those of
// every directory on the way. It is for one goroutine.
type pathIndex struct {
	tree *model.Tree
	seed maphash.Seed
	// table has the children of the directories in known, each at the first free place from its
	// hash on. Its length is a power of two; the root is nobody's child and stands for a free place.
	table []model.NodeID
	used  int
	known map[model.NodeID]bool
	// dirs are the directories that were looked up, and last the last one: paths mostly come
	// directory by directory.
	dirs map[string]foundDir
	last foundDir
}

// foundDir is where a directory is that was looked up.
type foundDir struct {
	path string
	node model.NodeID
	ok   bool
}

func newPathIndex(tree *model.Tree) *pathIndex {
	size := 64
	for size < len(tree.Nodes)/2 {
		size *= 2 // a table that is larger from the start need not be filled again and again
	}
	return &pathIndex{
		tree: tree, seed: maphash.MakeSeed(), table: make([]model.NodeID, size),
		known: make(map[model.NodeID]bool), dirs: make(map[string]foundDir), last: foundDir{"", model.Root, true},
	}
}

// lookup finds the node of a path without leading slash.
func (x *pathIndex) lookup(path string) (model.NodeID, bool) {
	dir, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, name = path[:i], path[i+1:]
	}
	in := x.directory(dir)
	if !in.ok || name == "" {
		return in.node, in.ok
	}
	return x.child(in.node, name)
}

// directory finds the node of a directory.
func (x *pathIndex) directory(path string) foundDir {
	if path == x.last.path {
		return x.last
	}
	found, known := x.dirs[path]
	if !known {
		found = foundDir{path, model.Root, true}
		for part := range strings.SplitSeq(path, "/") {
			if part == "" {
				continue
			}
			if found.node, found.ok = x.child(found.node, part); !found.ok {
				break
			}
		}
		x.dirs[path] = found
	}
	x.last = found
	return found
}

// child finds the child of a node by its name.
func (x *pathIndex) child(of model.NodeID, name string) (model.NodeID, bool) {
	if !x.known[of] {
		x.enter(of)
	}
	for at := x.place(of, maphash.String(x.seed, name)); ; at = (at + 1) % uint64(len(x.table)) {
		n := x.table[at]
		if n == model.Root {
			return 0, false
		}
		if x.tree.Nodes[n].Parent == of && string(x.tree.NameBytes(n)) == name {
			return n, true
		}
	}
}

// place returns where in the table a child is looked for first, by the hash of its name.
func (x *pathIndex) place(of model.NodeID, hash uint64) uint64 {
	const odd = 0x9e3779b97f4a7c15 // spreads the numbers of the nodes
	return ((hash + uint64(of)*odd) * odd >> 32) % uint64(len(x.table))
}

// enter puts the children of a node into the table.
func (x *pathIndex) enter(of model.NodeID) {
	x.known[of] = true
	for n := range x.tree.Children(of) {
		if 2*(x.used+1) > len(x.table) {
			old := x.table
			x.table = make([]model.NodeID, 2*len(old))
			for _, n := range old {
				if n != model.Root {
					x.put(n)
				}
			}
		}
		x.used++
		x.put(n)
	}
}

func (x *pathIndex) put(n model.NodeID) {
	at := x.place(x.tree.Nodes[n].Parent, maphash.Bytes(x.seed, x.tree.NameBytes(n)))
	for x.table[at] != model.Root {
		at = (at + 1) % uint64(len(x.table))
	}
	x.table[at] = n
}
