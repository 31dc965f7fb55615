package scan

import "hash"

const (
	// asyncAfter is how many bytes are hashed on the spot: most layers are small.
	asyncAfter = 256 << 10
	// asyncBuffer is how many bytes are handed over at a time.
	asyncBuffer = 128 << 10
)

// asyncHash hashes in a goroutine of its own, so that a layer is hashed while it
// is decompressed. It is for one goroutine, which must close it.
type asyncHash struct {
	sum  hash.Hash
	n    int64
	buf  []byte // being filled
	work chan []byte
	free chan []byte
	done chan struct{}
}

func newAsyncHash(sum hash.Hash) *asyncHash { return &asyncHash{sum: sum} }

// add hashes p, which stays the caller's.
func (a *asyncHash) add(p []byte) {
	a.n += int64(len(p))
	if a.n <= asyncAfter {
		a.sum.Write(p)
		return
	}
	if a.work == nil {
		a.start()
	}
	for len(p) > 0 {
		if a.buf == nil {
			a.buf = (<-a.free)[:0]
		}
		part := p[:min(len(p), cap(a.buf)-len(a.buf))]
		a.buf = append(a.buf, part...)
		p = p[len(part):]
		if len(a.buf) == cap(a.buf) {
			a.hand()
		}
	}
}

func (a *asyncHash) start() {
	const buffers = 4
	a.work, a.free, a.done = make(chan []byte, buffers), make(chan []byte, buffers), make(chan struct{})
	for range buffers {
		a.free <- make([]byte, 0, asyncBuffer)
	}
	go func() {
		defer close(a.done)
		for p := range a.work {
			a.sum.Write(p)
			a.free <- p
		}
	}()
}

func (a *asyncHash) hand() {
	a.work <- a.buf
	a.buf = nil
}

// close waits until all is hashed and ends the goroutine. Afterwards the sum is
// that of all bytes. It may be called again.
func (a *asyncHash) close() {
	if a == nil || a.work == nil {
		return
	}
	if len(a.buf) > 0 {
		a.hand()
	}
	close(a.work)
	<-a.done
	a.work, a.n = nil, 0
}
