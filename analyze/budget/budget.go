// Package budget bounds what one image may cost.
//
// A limit on each layer or on each file is no limit on their sum: ten layers
// just below a limit cost ten times as much as one. So all parts of an analysis
// draw on one [Budget], wherever they do the work: the scans of the layers, which
// run side by side, the stacking, the reading of package databases.
//
// An image that is large may cost more than one that is small. What may be taken
// of each resource is a base, which is enough for any ordinary image, and so
// much for each byte of the layers that has been read as it is stored. What is
// stored has to be sent and kept by somebody, so it cannot be made large for
// nothing; what a manifest claims does not count. The figures are chosen so that
// an input of less than 50 MB ends within 20 seconds of processor time and 500 MB
// of memory, and that an image of 20 GB with millions of files is read as before.
package budget

import (
	"fmt"
	"sync/atomic"
)

// Error reports that an image passes one of tare's limits: What names the thing
// that is too large, Limit how large it may be.
type Error struct {
	What  string
	Limit string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s is over tare's limit of %s", e.What, e.Limit)
}

// Resource is something of which an image may take only so much.
type Resource int

const (
	// Memory is what entries, names, the contents that are looked into and the
	// windows of decoders take while they are held, in bytes. It is estimated
	// from counts, and rather too high than too low.
	Memory Resource = iota
	// Decoded is what decompressing the layers and hashing contents again
	// produces, in bytes.
	Decoded
	// Paths are what is read, followed or written out of names, in bytes: the
	// extended headers that hold them, each directory's way through the tree, and each
	// entry's full path, as a link can give a name of a few bytes a path of
	// thousands.
	Paths
	// Databases are the package databases that are read after each layer that
	// changes one, in bytes; what else takes time there counts as so many bytes.
	Databases
	resources
)

// limit is what an image may take of a resource: base, and each for every byte
// of its layers.
type limit struct {
	what       string
	base, each int64
	says       string
}

var limits = [resources]limit{
	Memory:    {"the memory for the image's entries, names and package databases", 192 << 20, 3, "192 MiB and 3 bytes for each byte of its layers"},
	Decoded:   {"the size of the image's layers, decompressed,", 12 << 30, 64, "12 GiB and 64 bytes for each byte of its layers"},
	Paths:     {"the length of the image's paths and extended headers", 512 << 20, 8, "512 MiB and 8 bytes for each byte of its layers"},
	Databases: {"the size of the package databases, read after each layer,", 1 << 30, 64, "1 GiB and 64 bytes for each byte of its layers"},
}

// Budget is what one image may still take. It is safe for concurrent use. A nil
// Budget has no limits.
type Budget struct {
	read   atomic.Int64
	taken  [resources]atomic.Int64
	broken atomic.Pointer[Error]
	window window
	allow  func(memory int64)
}

// New returns the budget of an image of which nothing has been read. allow, where
// not nil, is told how much memory the image may take, now and whenever that has
// become notably more. It may be called concurrently.
func New(allow func(memory int64)) *Budget {
	b := &Budget{allow: allow}
	if allow != nil {
		allow(b.Allowed(Memory))
	}
	return b
}

// tellAfter is after how many bytes that were read allow is told.
const tellAfter = 16 << 20

// Read adds to the budget that n more bytes of the image's layers were read as
// they are stored. The same bytes must not be counted twice.
func (b *Budget) Read(n int64) {
	if b == nil {
		return
	}
	read := b.read.Add(n)
	if b.allow != nil && read/tellAfter != (read-n)/tellAfter {
		b.allow(b.Allowed(Memory))
	}
}

// Broken returns the limit that the image passes, nil if there is none.
func (b *Budget) Broken() error {
	if b != nil {
		if err := b.broken.Load(); err != nil {
			return err
		}
	}
	return nil
}

// Take takes n of a resource, or gives -n back. The error names the limit that
// the image passes; from then on every Take returns it, so that all who work on
// the image stop.
func (b *Budget) Take(r Resource, n int64) error {
	if b == nil {
		return nil
	}
	taken := b.taken[r].Add(n)
	if err := b.broken.Load(); err != nil {
		return err
	}
	if n <= 0 || taken <= b.Allowed(r) {
		return nil
	}
	b.broken.CompareAndSwap(nil, &Error{limits[r].what, limits[r].says})
	return b.broken.Load()
}

// Allowed is how much of a resource the image may take, as far as it was read.
func (b *Budget) Allowed(r Resource) int64 { return limits[r].base + limits[r].each*b.read.Load() }

// Taken is how much of a resource the image has taken and not given back.
func (b *Budget) Taken(r Resource) int64 {
	if b == nil {
		return 0
	}
	return b.taken[r].Load()
}
