package executable

import "io"

// Resembles reports whether a content that begins with head may be a program or a script.
func Resembles(head []byte) bool {
	return isELF(head) || len(head) > 2 && string(head[:2]) == "#!"
}

// pieceLen is how many bytes are read at a time of a content that is at hand. A dynamic
// section is read at once.
const pieceLen = max(64<<10, maxDynamic)

// ReadAt returns the same of a content that is at hand as End does of one that passes:
// size bytes of r from offset. It reads the headers, what they lead to, and what it
// searches.
func (c *Collector) ReadAt(r io.ReaderAt, offset, size int64, search func() bool) (f File, ok bool) {
	c.Begin(size, search)
	if c.piece == nil {
		c.piece = make([]byte, pieceLen)
	}
	read := func(at int64, n int) []byte {
		p := c.piece[:min(int64(n), pieceLen, size-at)]
		got, err := r.ReadAt(p, offset+at)
		if err != nil && err != io.EOF {
			return nil
		}
		return p[:got]
	}
	if c.begin(read(0, int(min(size, maxScript)))); c.state == headers {
		c.begin(read(int64(len(c.head)), c.wanted-len(c.head)))
	}
	if c.state != segments {
		return c.End()
	}
	if w := c.dynamicPart(); w != nil {
		if p := read(w.from, int(w.to-w.from)); int64(len(p)) == w.to-w.from {
			c.planLate(p)
		}
	}
	for _, r := range c.ranges {
		for r.from < r.to {
			p := read(r.from, int(min(r.to-r.from, pieceLen)))
			if len(p) == 0 {
				break
			}
			c.names.write(p, r.from)
			r.from += int64(len(p))
		}
		c.names.endRange()
	}
	return c.file(func(at uint64, n int) []byte {
		for i := range c.parts {
			if w := &c.parts[i]; at >= uint64(w.from) && at < uint64(w.to) {
				return read(int64(at), int(min(int64(n), w.to-int64(at))))
			}
		}
		return nil
	}), true
}
