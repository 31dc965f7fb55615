package analyze

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// pathIndex finds many paths of a tree. [model.Tree.Lookup] walks the children of each directory,
// which takes too long where a hundred thousand of them are asked for; this remembers those of
// every directory on the way. It is for one goroutine.
type pathIndex struct {
	tree     *model.Tree
	children map[model.NodeID]map[string]model.NodeID
}

func newPathIndex(tree *model.Tree) *pathIndex {
	return &pathIndex{tree, make(map[model.NodeID]map[string]model.NodeID)}
}

// lookup finds the node of a path without leading slash.
func (x *pathIndex) lookup(path string) (model.NodeID, bool) {
	at := model.Root
	for part := range strings.SplitSeq(path, "/") {
		if part == "" {
			continue
		}
		next, ok := x.below(at)[part]
		if !ok {
			return 0, false
		}
		at = next
	}
	return at, true
}

// below returns the children of a node by their names.
func (x *pathIndex) below(at model.NodeID) map[string]model.NodeID {
	if known, ok := x.children[at]; ok {
		return known
	}
	by := make(map[string]model.NodeID)
	for child := range x.tree.Children(at) {
		by[x.tree.Name(child)] = child
	}
	x.children[at] = by
	return by
}
