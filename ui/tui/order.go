package tui

import (
	"bytes"
	"cmp"
	"slices"
)

// order is what the children of a directory are sorted by.
type order int

const (
	bySize order = iota
	byName
	byWasted
	byCount // of the paths in a directory
	orders
)

var orderNames = [orders]string{"size", "name", "wasted", "count"}

func (o order) String() string { return orderNames[o] }

func (o order) next() order { return (o + 1) % orders }

// parseOrder finds an order by its name.
func parseOrder(name string) (order, bool) {
	at := slices.Index(orderNames[:], name)
	return order(at), at >= 0
}

// sort sorts the children of each directory.
func (lt *layerTree) sort(by order) {
	for i := range lt.entries {
		if children := lt.children(int32(i)); len(children) > 1 {
			slices.SortFunc(children, func(a, b int32) int { return lt.compare(by, a, b) })
		}
	}
}

// sorted is the same tree in another order. The entries are shared.
func (lt *layerTree) sorted(by order) *layerTree {
	other := *lt
	other.order = slices.Clone(lt.order)
	other.sort(by)
	return &other
}

func (lt *layerTree) compare(by order, a, b int32) int {
	x, y := &lt.entries[a], &lt.entries[b]
	first := 0
	switch by {
	case bySize:
		first = cmp.Compare(y.size, x.size)
	case byWasted:
		first = cmp.Or(cmp.Compare(y.wasted, x.wasted), cmp.Compare(y.size, x.size))
	case byCount:
		first = cmp.Compare(y.count, x.count)
	}
	return cmp.Or(first, bytes.Compare(lt.tree.NameBytes(x.node), lt.tree.NameBytes(y.node)))
}
