package need

import (
	"path"

	"github.com/tare-oci/tare/model"
)

// untouched reports whether the layer of a RUN stores nothing at or below the directories of
// the thing: a tool that works with its cache writes into it.
func (m *matcher) untouched(run int) bool {
	r := m.room
	if r.Tree == nil {
		return false
	}
	var tops []model.NodeID
	for _, dir := range m.targets {
		for dir != "/" && !isKnown(dir) {
			dir = path.Dir(dir)
		}
		node, ok := r.Tree.Lookup(dir[1:])
		if !ok || dir == "/" {
			return false
		}
		tops = append(tops, node)
	}
	layers := r.layersOf(run)
	for _, i := range layers {
		for _, record := range r.Tree.Layer(i) {
			if r.left--; record.Kind == model.Implied {
				continue
			}
			if r.isAtOrBelow(record.Node, tops) {
				return false
			}
		}
	}
	return len(layers) > 0
}

// isAtOrBelow reports whether a node is one of some, or lies below one.
func (r *Room) isAtOrBelow(n model.NodeID, tops []model.NodeID) bool {
	for ; n != model.Root; n = r.Tree.Nodes[n].Parent {
		for _, top := range tops {
			if n == top {
				return true
			}
		}
	}
	return false
}
