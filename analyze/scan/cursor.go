package scan

import (
	"io"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/scan/inflate"
	"github.com/tare-oci/tare/analyze/secrets"
)

// cursor moves forward over the decompressed bytes of one layer.
type cursor interface {
	// block returns the next 512 bytes, valid until the next call; io.EOF when
	// there are none, io.ErrUnexpectedEOF when there are fewer.
	block() ([]byte, error)
	// each hands the next n bytes to f, in pieces that are valid during the call.
	each(n int64, f func([]byte)) error
	// skip passes n bytes.
	skip(n int64) error
	// position is how many bytes have been passed.
	position() int64
}

// decoder yields the decompressed bytes of a blob front to back, and where in
// the blob they came from.
type decoder interface {
	// Next returns the next run of bytes, valid until the next call, or an error
	// (io.EOF at the end).
	Next() ([]byte, error)
	// Marks returns the block boundaries reached by the bytes returned so far
	// and not reported yet; valid until the next call of Next.
	Marks() []inflate.Mark
	// Close recycles what the decoder holds.
	Close() error
}

// streamCursor is a cursor over a decoder: every byte passes through it once.
type streamCursor struct {
	dec     decoder
	run     []byte // decoded and not passed yet
	passed  int64
	decoded func([]byte)         // sees every decoded run, nil for none
	marks   func([]inflate.Mark) // told the marks of each run
	budget  *budget.Budget
	weight  int64 // what a decoded byte costs of the budget, 0 for one
	scratch [blockSize]byte
	err     error
}

// fill makes run non-empty or returns the decoder's error.
func (c *streamCursor) fill() error {
	for tries := 0; len(c.run) == 0; tries++ {
		if c.err != nil {
			return c.err
		}
		if tries > 1000 {
			return io.ErrNoProgress
		}
		c.run, c.err = c.dec.Next()
		if len(c.run) > 0 && c.decoded != nil {
			c.decoded(c.run)
		}
		if m := c.dec.Marks(); len(m) > 0 && c.marks != nil {
			c.marks(m)
		}
		if c.passed+int64(len(c.run)) > MaxLayerBytes {
			c.err = &LimitError{What: "the decompressed layer", Limit: "64 GiB"}
			c.run = nil
		}
		if err := c.budget.Take(budget.Decoded, max(c.weight, 1)*int64(len(c.run))); err != nil {
			c.err, c.run = err, nil
		}
	}
	return nil
}

func (c *streamCursor) take(n int) []byte {
	p := c.run[:n]
	c.run = c.run[n:]
	c.passed += int64(n)
	return p
}

func (c *streamCursor) block() ([]byte, error) {
	if len(c.run) >= blockSize {
		return c.take(blockSize), nil
	}
	have := 0
	for have < blockSize {
		if err := c.fill(); err != nil {
			if have > 0 {
				err = noEOF(err)
			}
			return nil, err
		}
		have += copy(c.scratch[have:], c.take(min(blockSize-have, len(c.run))))
	}
	return c.scratch[:], nil
}

func (c *streamCursor) each(n int64, f func([]byte)) error {
	for n > 0 {
		if err := c.fill(); err != nil {
			return noEOF(err)
		}
		p := c.take(int(min(n, int64(len(c.run)))))
		n -= int64(len(p))
		f(p)
	}
	return nil
}

func (c *streamCursor) skip(n int64) error { return c.each(n, func([]byte) {}) }

func (c *streamCursor) position() int64 { return c.passed }

// drain passes everything to the end of the stream, so that digests cover it.
func (c *streamCursor) drain() error {
	for {
		if err := c.fill(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		c.take(len(c.run))
	}
}

// seekCursor is a cursor over an uncompressed layer in a local file. It reads
// headers and leaps over content.
type seekCursor struct {
	at   io.ReaderAt
	size int64
	pos  int64
	buf  []byte // the window's bytes
	from int64  // offset of buf[0]
	mem  []byte
	tick func() error // called before each read: progress and cancellation
}

// seekWindow is how much a seekCursor reads at a time. Small files' headers and
// content lie close together, so one read serves several; a larger window would
// read content that nobody needs. After a leap over a larger file the next one is
// probably large, too: leapWindow holds its headers and the beginning of its
// content.
const (
	seekWindow = 16 << 10
	leapWindow = 4*blockSize + HeadBytes
	// maxContent is the size of the largest content that is read whole.
	maxContent = secrets.MaxSize
)

func newSeekCursor(at io.ReaderAt, size int64, tick func() error) *seekCursor {
	return &seekCursor{at: at, size: size, mem: make([]byte, seekWindow), tick: tick}
}

// window returns the bytes at the position, as many as are at hand, at least
// one and, before the end of the file, at least want.
func (c *seekCursor) window(want int) ([]byte, error) {
	if off := c.pos - c.from; off >= 0 && off+int64(want) <= int64(len(c.buf)) {
		return c.buf[off:], nil
	}
	if err := c.tick(); err != nil {
		return nil, err
	}
	n := seekWindow
	if c.pos-c.from > seekWindow+int64(len(c.buf)) {
		n = min(n, leapWindow)
	}
	n = int(min(int64(n), c.size-c.pos))
	if n <= 0 {
		return nil, io.EOF
	}
	read, err := c.at.ReadAt(c.mem[:n], c.pos)
	if read < n {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	c.buf, c.from = c.mem[:n], c.pos
	return c.buf, nil
}

// atHand returns what has been read already of the next n bytes.
func (c *seekCursor) atHand(n int64) []byte {
	off := c.pos - c.from
	if off < 0 || off > int64(len(c.buf)) {
		return nil
	}
	return c.buf[off:min(off+n, int64(len(c.buf)))]
}

// peek returns the next n bytes where they have been read already, else nil.
func (c *seekCursor) peek(n int64) []byte {
	if p := c.atHand(n); int64(len(p)) == n {
		return p
	}
	return nil
}

// content returns the next n bytes, at most maxContent, without passing them. It reads those that are
// not at hand, and in the same read the headers behind them. It returns nil where the file ends
// before, which is for the tar's reader to say.
func (c *seekCursor) content(n int64) ([]byte, error) {
	if p := c.peek(n); p != nil {
		return p, nil
	}
	if err := c.tick(); err != nil {
		return nil, err
	}
	all := min(max(n+blockSize+leapWindow, seekWindow), c.size-c.pos)
	if all < n {
		return nil, nil
	}
	have := c.atHand(n)
	if int64(len(c.mem)) < all {
		c.mem = make([]byte, maxContent+blockSize+leapWindow)
	}
	read := copy(c.mem, have)
	c.from = c.pos
	more, err := c.at.ReadAt(c.mem[read:all], c.pos+int64(read))
	c.buf = c.mem[:read+more]
	if int64(len(c.buf)) < n {
		if err == io.EOF {
			err = nil
		}
		return nil, err
	}
	return c.buf[:n], nil
}

func (c *seekCursor) block() ([]byte, error) {
	p, err := c.window(blockSize)
	if err != nil {
		return nil, err
	}
	if len(p) < blockSize {
		return nil, io.ErrUnexpectedEOF
	}
	c.pos += blockSize
	return p[:blockSize], nil
}

func (c *seekCursor) each(n int64, f func([]byte)) error {
	for n > 0 {
		p, err := c.window(1)
		if err != nil {
			return noEOF(err)
		}
		p = p[:min(n, int64(len(p)))]
		c.pos += int64(len(p))
		n -= int64(len(p))
		f(p)
	}
	return nil
}

func (c *seekCursor) skip(n int64) error {
	if n > c.size-c.pos {
		return io.ErrUnexpectedEOF
	}
	c.pos += n
	return nil
}

func (c *seekCursor) position() int64 { return c.pos }
