package filetree

import (
	"bytes"
	"cmp"
	"slices"
)

// Order says how the children of a directory are sorted.
type Order int

const (
	BySize Order = iota
	ByName
	ByWasted
	ByCount // of the paths in a directory
	Orders
)

// OrderNames are the orders as people type them.
var OrderNames = [Orders]string{"size", "name", "wasted", "count"}

// String is the order's name.
func (o Order) String() string { return OrderNames[o] }

// Next is the order that follows, the first after the last.
func (o Order) Next() Order { return (o + 1) % Orders }

// ParseOrder finds an order by its name.
func ParseOrder(name string) (Order, bool) {
	at := slices.Index(OrderNames[:], name)
	return Order(at), at >= 0
}

// sort sorts the children of each directory.
func (lt *LayerTree) sort(by Order) {
	for i := range lt.Entries {
		if children := lt.Children(int32(i)); len(children) > 1 {
			slices.SortFunc(children, func(a, b int32) int { return lt.compare(by, a, b) })
		}
	}
}

// Sorted is the same tree in another order. The entries are shared.
func (lt *LayerTree) Sorted(by Order) *LayerTree {
	other := *lt
	other.order = slices.Clone(lt.order)
	other.sort(by)
	return &other
}

func (lt *LayerTree) compare(by Order, a, b int32) int {
	x, y := &lt.Entries[a], &lt.Entries[b]
	first := 0
	switch by {
	case BySize:
		first = cmp.Compare(y.Size, x.Size)
	case ByWasted:
		first = cmp.Or(cmp.Compare(y.Wasted, x.Wasted), cmp.Compare(y.Size, x.Size))
	case ByCount:
		first = cmp.Compare(y.count, x.count)
	}
	return cmp.Or(first, bytes.Compare(lt.Tree.NameBytes(x.Node), lt.Tree.NameBytes(y.Node)))
}
