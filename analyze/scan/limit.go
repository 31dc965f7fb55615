package scan

import "github.com/tare-oci/tare/analyze/budget"

// What one layer may be, whatever else the image holds. An image that passes a
// limit is refused with a LimitError that names it, so that no input, however
// hostile, takes the machine with it. What all layers may cost together is the
// business of [budget.Budget].
const (
	MaxLayerBytes = 64 << 30 // decompressed, and the sum of the real sizes of its files
	MaxEntries    = 10_000_000
	MaxNameBytes  = 64 << 10
	MaxDepth      = 4096
	MaxNamesBytes = 128 << 20 // all names of one layer together
	MaxCaptured   = 64 << 20  // one captured file
	maxSpecial    = 1 << 20   // one PAX or GNU long-name header, as archive/tar has it
)

// LimitError reports that a layer or the image passes a limit.
type LimitError = budget.Error

// What an index takes in memory, in bytes, beside the bytes of names and
// contents: estimates that include what maps and growing slices take.
const (
	entryCost      = 84
	dirCost        = 64
	linkCost       = 24
	attributesCost = 96
	capturedCost   = 32
	extraCost      = 16
	secretCost     = 64
	// settleAfter is how many bytes a builder gathers before it asks the budget,
	// which other layers ask at the same time.
	settleAfter = 64 << 10
)

// Memory estimates how many bytes of memory the index takes.
func (x *Index) Memory() int64 {
	n := entryCost*int64(len(x.Entries)) + attributesCost*int64(len(x.Attributes)) + int64(len(x.names))
	for _, dir := range x.Dirs {
		n += dirCost + int64(len(dir))
	}
	for _, link := range x.Links {
		n += linkCost + int64(len(link))
	}
	for _, content := range x.Captured {
		n += capturedCost + int64(len(content))
	}
	n += extraCost * int64(len(x.Extras))
	for i := range x.Executables {
		n += x.Executables[i].Memory()
	}
	n += secretCost * int64(len(x.Secrets))
	for i := range x.Libraries {
		n += x.Libraries[i].Memory()
	}
	return n
}

// cost draws on the image's budget for a builder. The zero value has no limits.
type cost struct {
	budget *budget.Budget
	memory int64 // taken, or gathered
	owed   int64 // of memory, gathered
	paths  int64 // gathered
}

// take notes that the index grows by so many bytes.
func (c *cost) take(memory int64) error {
	c.memory += memory
	if c.owed += memory; c.owed < settleAfter {
		return nil
	}
	owed := c.owed
	c.owed = 0
	return c.budget.Take(budget.Memory, owed)
}

// name notes that so many bytes of names and extended headers were read.
func (c *cost) name(bytes int64) error {
	if c.paths += bytes; c.paths < settleAfter {
		return nil
	}
	paths := c.paths
	c.paths = 0
	return c.budget.Take(budget.Paths, paths)
}

// work notes that looking into a content took as long as decompressing so many bytes.
func (c *cost) work(bytes int64) error {
	if bytes == 0 {
		return nil
	}
	return c.budget.Take(budget.Decoded, bytes)
}

// settle makes what was taken what the finished index takes.
func (c *cost) settle(x *Index) error {
	more := x.Memory() - c.memory + c.owed
	c.memory, c.owed = x.Memory(), 0
	return c.budget.Take(budget.Memory, more)
}

// giveBack gives all memory back, for an index that comes to nothing.
func (c *cost) giveBack() {
	_ = c.budget.Take(budget.Memory, c.owed-c.memory)
	c.memory, c.owed = 0, 0
}
