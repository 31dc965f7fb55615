package language

import (
	"bytes"
	"io"
)

// Collector is shown the contents of files, one after the other and each once, front to back. It
// keeps its memory from one to the next. It is not safe for concurrent use.
//
// What it finds does not depend on the pieces that a content comes in, nor on whether it comes in
// pieces or is read where it lies ([Collector.BeginKnown], [Collector.ReadAt]).
type Collector struct {
	path string
	size int64
	pos  int64 // of the content: how much was written

	// One of these reads the content; while all are nil, the content's first bytes are
	// still to say which.
	look   *look
	stream stream
	done   bool // nobody wants more of it
	over   bool // it is too large to read

	bytes    []byte // what was written, of a content that is kept
	piece    []byte // that ReadAt reads into
	programs programStream
	archive  archiveStream
	words    words

	work int64 // see Work
}

// What reading costs, in bytes that a layer decompresses to: parsing JSON takes much longer, so does
// unpacking many small members, and looking for the beginning of a stream that none is.
const (
	lookCost    = 96       // of a byte that is parsed
	searchCost  = 8        // of a byte that is searched
	unpackCost  = 16       // of a byte that was unpacked
	memberCost  = 16 << 10 // of a member of an archive
	attemptCost = 4 << 10  // of an attempt to unpack
)

// Work returns what the contents that were ended since it was last asked took, in bytes that a
// layer decompresses to, for whoever limits what an image may take.
func (c *Collector) Work() int64 {
	work := c.work
	c.work = 0
	return work
}

// stream reads a content that is too long to keep. It is shown the bytes that it asks for.
type stream interface {
	// next is the position of the next byte that it wants. What lies before it is passed
	// over, and it wants no more if that is the content's size or beyond.
	next() int64
	// write shows bytes from there on, at least one, and returns how many of them were taken. If
	// none was, it wants other bytes next.
	write(p []byte) int
	// end returns what the content says.
	end() (Found, bool)
}

// HeadLen is how many bytes of a content's beginning tell what it may be.
const HeadLen = 16

// Begin begins the content of a file, by its clean path and its size in bytes. It reports whether
// the content is wanted; if it is not, Write and End do nothing.
func (c *Collector) Begin(path string, size int64) bool {
	c.path, c.size, c.pos, c.bytes, c.stream = path, size, 0, c.bytes[:0], nil
	c.look = looksAt(path, size)
	c.over = c.look != nil && size > c.look.limit
	c.done = c.over || c.look == nil && size < HeadLen
	return c.over || !c.done
}

// Write shows the next bytes of the content, which stay the caller's.
func (c *Collector) Write(p []byte) {
	if c.done {
		return
	}
	if c.look == nil && c.stream == nil {
		n := min(len(p), HeadLen-len(c.bytes))
		c.bytes, p = append(c.bytes, p[:n]...), p[n:]
		if len(c.bytes) < HeadLen {
			return
		}
		c.decide(c.bytes)
		if c.stream != nil {
			c.pass(c.bytes)
		}
	}
	switch {
	case c.look != nil:
		c.bytes = append(c.bytes, p...)
	case c.stream != nil:
		c.pass(p)
	}
}

// decide chooses what reads the content, by its first bytes.
func (c *Collector) decide(head []byte) {
	if c.look = sniff(c.path, head, c.size); c.look != nil {
		return
	}
	switch {
	case c.programs.begin(c.path, head, c.size):
		c.stream = &c.programs
	case c.archive.begin(c.path, head, c.size):
		c.stream = &c.archive
	default:
		c.done = true
	}
}

// pass shows the stream what it wants of the next bytes.
func (c *Collector) pass(p []byte) {
	for len(p) > 0 {
		if skip := c.stream.next() - c.pos; skip > 0 {
			n := min(skip, int64(len(p)))
			c.pos, p = c.pos+n, p[n:]
			continue
		}
		n := c.stream.write(p)
		c.pos, p = c.pos+int64(n), p[n:]
		c.work += searchCost * int64(n)
	}
	c.done = c.done || c.stream.next() >= c.size
}

// End returns what the file says. It reports false for one that says nothing.
func (c *Collector) End() (Found, bool) {
	look, stream, over := c.look, c.stream, c.over
	c.look, c.stream, c.done, c.over = nil, nil, true, false
	switch {
	case over:
		return Found{look.manager, []Row{{Unknown: tooLarge}}}, true
	case look != nil:
		c.work += lookCost * int64(len(c.bytes))
		return c.words.limit(look.read(c.path, bytes.TrimPrefix(c.bytes, byteOrderMark)))
	case stream == &c.archive:
		c.work += memberCost*int64(c.archive.read) + unpackCost*int64(c.archive.kept)
	case stream == &c.programs:
		c.work += attemptCost*int64(c.programs.search.trials) + unpackCost*int64(c.programs.search.inflated)
	}
	if stream != nil {
		return c.words.limit(stream.end())
	}
	return Found{}, false
}

// byteOrderMark is what some editors write in front of a text.
var byteOrderMark = []byte("\xef\xbb\xbf")

// BeginKnown begins a content whose beginning is known, HeadLen bytes or all of it: most contents
// are not wanted, and then nothing more need be read. Either Write shows the whole content, or
// ReadAt reads it.
func (c *Collector) BeginKnown(path string, size int64, head []byte) bool {
	if !mayTell(path) && !mayBegin(path, head) || !c.Begin(path, size) {
		return false
	}
	if c.look == nil {
		if len(head) < HeadLen {
			c.done = true
			return false
		}
		c.decide(head[:HeadLen])
	}
	return c.over || !c.done
}

// Pieces in which a content that is at hand is read: after a leap a short one, since the next leap
// may be near. After a leap that is shorter than nearLeap, as between the members of most jars, a long
// one holds several such leaps, and reading what they pass over takes less than asking again.
const (
	longPiece  = 64 << 10
	shortPiece = 4 << 10
	nearLeap   = 16 << 10
)

// ReadAt reads the content that [Collector.BeginKnown] began, from an offset of r on, and returns
// what End does.
func (c *Collector) ReadAt(r io.ReaderAt, offset int64) (Found, bool, error) {
	switch {
	case c.over:
	case c.look != nil:
		if int64(cap(c.bytes)) < c.size {
			c.bytes = make([]byte, c.size)
		}
		c.bytes = c.bytes[:c.size]
		if err := readFull(r, c.bytes, offset); err != nil {
			return c.giveUp(err)
		}
	case c.stream != nil:
		if err := c.leap(r, offset); err != nil {
			return c.giveUp(err)
		}
	}
	f, ok := c.End()
	return f, ok, nil
}

// leap reads what the stream wants of a content.
func (c *Collector) leap(r io.ReaderAt, offset int64) error {
	if c.piece == nil {
		c.piece = make([]byte, longPiece)
	}
	for end := int64(-1); ; {
		at := c.stream.next()
		if at >= c.size {
			return nil
		}
		n := int64(longPiece)
		if end < 0 || at-end >= nearLeap {
			n = shortPiece
		}
		p := c.piece[:min(n, c.size-at)]
		if err := readFull(r, p, offset+at); err != nil {
			return err
		}
		c.pos, end = at, at+int64(len(p))
		c.pass(p)
	}
}

// giveUp ends a content that cannot be read. That the file ends early is for the tar's reader to
// say.
func (c *Collector) giveUp(err error) (Found, bool, error) {
	c.look, c.stream, c.done, c.over = nil, nil, true, false
	if err == io.EOF {
		err = nil
	}
	return Found{}, false, err
}

// readFull reads all of p. The error is io.EOF where the file ends early.
func readFull(r io.ReaderAt, p []byte, at int64) error {
	n, err := r.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == nil || err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return err
}
