package overlay

import (
	"slices"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// What the tree, the builder's tables and a layer that is unpacked take in memory,
// in bytes, beside the bytes of names.
const (
	recordCost     = 128
	nodeCost       = 72
	attributesCost = 96
	// settleAfter is how many bytes are gathered before the budget is asked.
	settleAfter = 64 << 10
)

// cost draws on the image's budget for a builder. The zero value has no limits.
type cost struct {
	budget *budget.Budget
	memory int64 // gathered
	paths  int64 // gathered
	err    error // the first limit that the image passes

	// length is, by node, how many bytes its path has.
	length []uint32
}

// Limit makes the builder draw on a budget. It must come before the first layer.
func (b *Builder) Limit(to *budget.Budget) { b.cost.budget = to }

// take notes that the builder holds so many bytes more, and has read or written
// so many bytes of paths.
func (c *cost) take(memory, paths int64) {
	c.memory += memory
	c.paths += paths
	if c.memory >= settleAfter || c.paths >= settleAfter {
		_ = c.settle() // the first limit that is passed stays in c.err
	}
}

// settle takes what was gathered from the budget and returns the first limit that
// the image passes.
func (c *cost) settle() error {
	memory, paths := c.memory, c.paths
	c.memory, c.paths = 0, 0
	for _, err := range []error{c.budget.Take(budget.Memory, memory), c.budget.Take(budget.Paths, paths)} {
		if c.err == nil {
			c.err = err
		}
	}
	return c.err
}

// layer takes the memory that a layer's records will need.
func (c *cost) layer(x *scan.Index) error {
	c.take(recordCost*int64(len(x.Entries))+attributesCost*int64(len(x.Attributes)), 0)
	return c.settle()
}

// measure notes how long the path of a new node is.
func (b *Builder) measure(n int) {
	node := &b.tree.Nodes[n]
	name := uint32(len(b.tree.NameBytes(model.NodeID(n))))
	above := uint32(0)
	if n > 0 {
		above = b.cost.length[node.Parent] + 1
	}
	b.cost.length = append(b.cost.length, above+name)
	b.cost.take(nodeCost+int64(name), 0)
}

// reserve makes room for the records of a layer, so that the tables are not moved
// again and again while they grow.
func (b *Builder) reserve(n int) {
	b.tree.Reserve(n)
	b.names, b.contents = slices.Grow(b.names, n), slices.Grow(b.contents, n)
}
