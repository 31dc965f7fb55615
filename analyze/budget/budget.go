// Package budget limits what one image may cost, in memory and in work.
//
// Limits on each layer or file do not limit their sum: ten layers just below a limit cost ten
// times as much as one. So everything that works on an image shares one [Budget]: the scans
// of the layers, which run at the same time, the stacking, and the reading of package
// databases.
//
//	if err := budget.Take(budget.Memory, n); err != nil { … } // a *budget.Error names the limit
//
// A large image may cost more than a small one. Each resource has a base amount, enough for
// any ordinary image, plus an amount for each stored byte of the layers that has been read.
// Stored bytes are a fair measure, because somebody had to send and keep them; what a
// manifest promises does not count. The figures are chosen so that input of less than 50 MB
// takes at most 20 seconds of processor time and 500 MB of memory, and so that an image of
// 20 GB with millions of files can still be read. docs/limits.md lists them.
//
// A Budget may be used by any number of goroutines.
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
	// produces, in bytes; what looking into contents takes counts as so many bytes.
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
	Decoded:   {"the size of the image's layers, decompressed and looked into,", 12 << 30, 64, "12 GiB and 64 bytes for each byte of its layers"},
	Paths:     {"the length of the image's paths and extended headers", 512 << 20, 8, "512 MiB and 8 bytes for each byte of its layers"},
	Databases: {"what tare reads to find the image's packages, after each layer,", 1 << 30, 64, "1 GiB and 64 bytes for each byte of its layers"},
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
