package language

import "io"

// Collector is shown the contents of files, one after the other and each once, front to back. It
// keeps its memory from one to the next. It is not safe for concurrent use.
//
// What it finds does not depend on the pieces that a content comes in.
type Collector struct {
	look  look
	path  string
	size  int64
	bytes []byte
}

// Begin begins the content of a file, by its clean path and its size in bytes. It reports whether
// the content is wanted; if it is not, Write and End do nothing.
func (c *Collector) Begin(path string, size int64) bool {
	c.look, c.path, c.size, c.bytes = looksAt(path, size), path, size, c.bytes[:0]
	return c.look != nil
}

// Write shows the next bytes of the content, which stay the caller's.
func (c *Collector) Write(p []byte) {
	if c.look != nil {
		c.bytes = append(c.bytes, p...)
	}
}

// End returns what the file says. It reports false for one that says nothing.
func (c *Collector) End() (Found, bool) {
	if c.look == nil {
		return Found{}, false
	}
	look := c.look
	c.look = nil
	return limit(look(c.path, c.bytes))
}

// ReadAt returns the same of a content that is at hand: size bytes of r from offset.
func (c *Collector) ReadAt(r io.ReaderAt, offset int64, path string, size int64) (Found, bool, error) {
	if !c.Begin(path, size) {
		return Found{}, false, nil
	}
	if int64(cap(c.bytes)) < size {
		c.bytes = make([]byte, size)
	}
	c.bytes = c.bytes[:size]
	if n, err := r.ReadAt(c.bytes, offset); int64(n) < size {
		c.look = nil
		if err == io.EOF {
			err = nil // that the file ends early is for the tar's reader to say
		}
		return Found{}, false, err
	}
	f, ok := c.End()
	return f, ok, nil
}
