package executable

import (
	"bytes"
	"cmp"
	"debug/elf"
	"io"
	"slices"
)

// Collector is shown the contents of files, one after the other and each once, front to
// back: Begin, then Write, then End. It keeps its memory from one to the next. It is not
// safe for concurrent use.
type Collector struct {
	state  state
	search bool
	size   int64
	pos    int64 // of the content: how much was written
	head   []byte
	parts  []part // what is kept, by offset
	last   int64  // nothing is kept from here on
	memory []byte // that parts are cut from
}

type state uint8

const (
	passing state = iota // no program, or no more of it is wanted
	beginning
	script
	headers  // an ELF file of which the headers are still to come
	segments // an ELF file of which some parts are kept
)

// part is a range of a content that is kept.
type part struct {
	from, to int64
	bytes    []byte // as far as it was written
	search   bool   // it holds constants
}

// Begin begins a content of so many bytes. search asks for File.Names.
func (c *Collector) Begin(size int64, search bool) {
	*c = Collector{state: beginning, search: search, size: size, head: c.head[:0], parts: c.parts[:0], memory: c.memory[:0]}
	if size < 4 {
		c.state = passing
	}
}

// Write shows the next bytes of the content, which stay the caller's.
func (c *Collector) Write(p []byte) {
	switch c.state {
	case passing:
		return
	case beginning:
		c.begin(p)
	case script:
		c.more(p, maxScript)
	case headers:
		c.more(p, maxHeaders)
		c.plan(p)
	case segments:
		c.keep(p)
	}
	c.pos += int64(len(p))
}

// maxHeaders is how far behind the beginning of a file its program headers may end.
const maxHeaders = 8 << 10

// begin looks at the first bytes.
func (c *Collector) begin(p []byte) {
	c.head = append(c.head, p[:min(len(p), 4-len(c.head))]...)
	if len(c.head) < 4 {
		return
	}
	rest := p[min(len(p), max(0, 4-int(c.pos))):]
	switch {
	case string(c.head[:2]) == "#!":
		c.state = script
		c.more(rest, maxScript)
	case isELF(c.head):
		c.state = headers
		c.more(rest, maxHeaders)
		c.plan(p)
	default:
		c.state = passing
	}
}

// more keeps more of the head.
func (c *Collector) more(p []byte, most int) {
	c.head = append(c.head, p[:min(len(p), max(most-len(c.head), 0))]...)
}

// plan decides which parts of an ELF file to keep as soon as its headers are there. p is
// what is being written: it may hold more of those parts than the head does.
func (c *Collector) plan(p []byte) {
	h, ok := readHeader(c.atHead)
	if !ok {
		if len(c.head) == maxHeaders || int64(len(c.head)) == c.size {
			c.state = passing
		}
		return
	}
	c.state = segments
	first := true
	for _, s := range h.segments {
		if s.offset > uint64(c.size) {
			continue
		}
		switch size := min(s.size, uint64(c.size)-s.offset); {
		case s.kind == uint32(elf.PT_DYNAMIC):
			c.want(s.offset, min(size, maxDynamic), false)
		case s.kind == uint32(elf.PT_INTERP):
			c.want(s.offset, min(size, maxName), false)
		case s.kind != uint32(elf.PT_LOAD):
		case first:
			first = false
			c.want(s.offset, min(size, maxHead), c.search)
		case c.search && s.flags&uint32(elf.PF_W) == 0:
			if s.flags&uint32(elf.PF_X) == 0 || !h.separateCode() {
				c.want(s.offset, min(size, maxSearch), true)
			}
		case c.search && s.flags&uint32(elf.PF_X) == 0:
			c.want(s.offset, min(size, maxHead), true)
		case s.flags&uint32(elf.PF_X) == 0 && size <= maxSegment:
			c.want(s.offset, size, false)
		}
	}
	if len(c.parts) == 0 { // a static program
		c.parts = append(c.parts, part{from: 0, to: headLen})
	}
	slices.SortFunc(c.parts, func(a, b part) int { return cmp.Compare(a.from, b.from) })
	for i := range c.parts {
		c.last = max(c.last, c.parts[i].to)
	}
	pos := c.pos
	c.pos = 0
	c.keep(c.head)
	c.pos = pos
	c.keep(p)
}

// separateCode reports whether the file has a segment of constants alone, so that its code
// need not be searched for them.
func (h *header) separateCode() bool {
	n := 0
	for _, s := range h.segments {
		if s.kind == uint32(elf.PT_LOAD) && s.flags&uint32(elf.PF_X|elf.PF_W) == 0 {
			n++
		}
	}
	return n > 1
}

func (c *Collector) want(offset, size uint64, search bool) {
	c.parts = append(c.parts, part{from: int64(offset), to: int64(offset + size), search: search})
}

func (c *Collector) atHead(offset uint64, n int) []byte {
	if offset >= uint64(len(c.head)) {
		return nil
	}
	return c.head[offset:min(uint64(len(c.head)), offset+uint64(n))]
}

// keep keeps what of p, which stands at the position, lies in a part.
func (c *Collector) keep(p []byte) {
	end := c.pos + int64(len(p))
	if c.pos >= c.last {
		return
	}
	for i := range c.parts {
		w := &c.parts[i]
		from := w.from + int64(len(w.bytes)) // the next byte that is missing
		if from < c.pos || from >= end || from >= w.to {
			continue
		}
		if w.bytes == nil {
			w.bytes = c.reserve(int(w.to - w.from))
		}
		w.bytes = append(w.bytes, p[from-c.pos:min(end, w.to)-c.pos]...)
	}
}

// reserve returns room for n bytes, of the memory that is at hand already as far as it
// goes. A header may lie about sizes, but none is longer than the limits are.
func (c *Collector) reserve(n int) []byte {
	if n > cap(c.memory)-len(c.memory) {
		c.memory = make([]byte, 0, max(n, 256<<10))
	}
	start := len(c.memory)
	c.memory = c.memory[:start+n]
	return c.memory[start : start : start+n]
}

// End returns what the content's headers say, and false for what is no program.
func (c *Collector) End() (f File, ok bool) {
	switch c.state {
	case script:
		return scriptFile(c.head)
	case segments:
	default:
		return f, false
	}
	h, ok := readHeader(c.atHead)
	if !ok {
		return f, false
	}
	f = h.parse(c.at)
	if c.search {
		var names nameSearch
		for i := range c.parts {
			if w := &c.parts[i]; w.search {
				names.search(w.bytes)
			}
		}
		for _, s := range h.segments {
			if s.kind == uint32(elf.PT_LOAD) && (s.flags&uint32(elf.PF_W) == 0 && s.size > maxSearch || s.flags&uint32(elf.PF_W) != 0 && s.size > maxHead) {
				f.Incomplete = true
			}
		}
		// A program that UPX packed shows none of its constants.
		f.Names, f.Incomplete = names.found, f.Incomplete || names.full || bytes.Contains(c.head[:min(len(c.head), 512)], []byte("UPX!"))
	}
	return f, true
}

// Resembles reports whether a content that begins with head may be a program or a script.
func Resembles(head []byte) bool {
	return isELF(head) || len(head) > 2 && string(head[:2]) == "#!"
}

// ReadAt reads a content that is at hand, size bytes of r from offset, with the names
// among its constants. buf is scratch space.
func (c *Collector) ReadAt(r io.ReaderAt, offset, size int64, buf []byte) (f File, ok bool) {
	c.Begin(size, true)
	for at := int64(0); at < size && c.state != passing && (c.state != segments || at < c.last); {
		n, err := r.ReadAt(buf[:min(int64(len(buf)), size-at)], offset+at)
		c.Write(buf[:n])
		at += int64(n)
		if err != nil || n == 0 {
			break
		}
	}
	return c.End()
}

// at reads from the parts.
func (c *Collector) at(offset uint64, n int) []byte {
	for i := range c.parts {
		w := &c.parts[i]
		if from := uint64(w.from); offset >= from && offset < from+uint64(len(w.bytes)) {
			p := w.bytes[offset-from:]
			return p[:min(n, len(p))]
		}
	}
	return c.atHead(offset, n)
}

// scriptFile reads the first line of a script.
func scriptFile(head []byte) (f File, ok bool) {
	line, _, ended := bytes.Cut(head[2:], []byte("\n"))
	if !ended && len(head) >= maxScript {
		return f, false
	}
	f.Script = string(bytes.TrimSpace(line))
	return f, f.Script != "" && bytes.IndexByte(line, 0) < 0
}

// ReadAt reads the same of a content that is at hand: size bytes of r from offset. head
// are the first 256 bytes of the content, or more, or all. buf is scratch
// space of at least 64 KiB. Names are not collected.
func ReadAt(r io.ReaderAt, offset, size int64, head, buf []byte) (f File, ok bool) {
	if len(head) < 4 {
		return f, false
	}
	if string(head[:2]) == "#!" {
		return scriptFile(head[:min(len(head), maxScript)])
	}
	if !isELF(head) {
		return f, false
	}
	read := func(at uint64, n int) []byte {
		if at >= uint64(size) {
			return nil
		}
		if end := at + uint64(n); end <= uint64(len(head)) {
			return head[at:end]
		}
		p := buf[:min(uint64(min(n, len(buf))), uint64(size)-at)]
		got, err := r.ReadAt(p, offset+int64(at))
		if err != nil && err != io.EOF {
			return nil
		}
		return p[:got]
	}
	h, ok := readHeader(read)
	if !ok {
		return f, false
	}
	return h.parse(read), true
}
