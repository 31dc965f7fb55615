package executable

import (
	"bytes"
	"cmp"
	"debug/elf"
	"slices"
)

// Collector is shown the contents of files, one after the other and each once, front to
// back: Begin, then Write, then End. It keeps its memory from one to the next. It is not
// safe for concurrent use.
//
// What it finds does not depend on the pieces that a content comes in, nor on whether it
// comes in pieces or is read where it lies ([Collector.ReadAt]): what is kept is planned
// from the headers alone.
type Collector struct {
	state  state
	search func() bool
	size   int64
	pos    int64  // of the content: how much was written
	head   []byte // the content's beginning, wanted bytes of it
	wanted int

	header   header
	parts    []part // what is kept
	ranges   []span // constants, by offset, none over another
	searched int    // how many of the ranges have passed
	names    nameSearch
	last     int64  // nothing matters from here on
	late     bool   // the dynamic section was asked where its names are
	memory   []byte // that parts are cut from
	piece    []byte // that ReadAt reads into
}

type state uint8

const (
	passing state = iota // no program, or no more of it is wanted
	beginning
	script
	headers  // an ELF file of which the headers are still to come
	segments // an ELF file of which some parts are kept and some are searched
)

// span is a range of a content.
type span struct{ from, to int64 }

// part is a range of a content that is kept.
type part struct {
	span
	dynamic bool   // it is the dynamic section
	bytes   []byte // as far as it was written
}

// maxHeaders is how far behind the beginning of a file its program headers may end.
const maxHeaders = 8 << 10

// Begin begins a content of so many bytes. search is asked of a program, and not of
// other contents, whether File.Names are wanted; nil for no.
func (c *Collector) Begin(size int64, search func() bool) {
	c.state, c.search, c.size, c.pos, c.head, c.wanted = beginning, search, size, 0, c.head[:0], magicLen
	if size < magicLen {
		c.state = passing
	}
}

// magicLen is how many bytes tell what a content may be.
const magicLen = 4

// Write shows the next bytes of the content, which stay the caller's.
func (c *Collector) Write(p []byte) {
	if c.state != passing && c.state != segments {
		if p = c.begin(p); c.state == segments {
			c.pass(c.head)
		}
	}
	if c.state == segments {
		c.pass(p)
	}
}

// begin takes the content's beginning and returns what is behind it.
func (c *Collector) begin(p []byte) []byte {
	for c.state != segments {
		n := min(len(p), c.wanted-len(c.head))
		c.head, p = append(c.head, p[:n]...), p[n:]
		if len(c.head) < c.wanted || c.state == script {
			return nil
		}
		switch {
		case c.state == headers:
			if !c.plan() {
				c.state = passing
				return nil
			}
			c.state = segments
		case string(c.head[:2]) == "#!":
			c.state, c.wanted = script, int(min(maxScript, c.size))
		case isELF(c.head):
			c.state, c.wanted = headers, int(min(maxHeaders, c.size))
		default:
			c.state = passing
			return nil
		}
	}
	return p
}

// plan decides which parts of an ELF file to keep and which to search, and reports
// whether its headers make sense.
func (c *Collector) plan() (ok bool) {
	if c.header, ok = readHeader(c.atHead); !ok {
		return false
	}
	h := &c.header
	c.parts, c.ranges, c.searched, c.memory, c.last, c.late = c.parts[:0], c.ranges[:0], 0, c.memory[:0], 0, false
	_, linked := h.find(elf.PT_DYNAMIC)
	c.names.reset(c.search != nil && c.search())
	if c.names.wanted && isGo(c.head) {
		c.names.align = h.addressLen()
	}
	separate, first := h.separateCode(), true
	for _, s := range h.segments {
		if s.offset > uint64(c.size) {
			continue
		}
		size := min(s.size, uint64(c.size)-s.offset)
		switch {
		case s.kind == uint32(elf.PT_DYNAMIC):
			c.keep(s.offset, min(size, maxDynamic), true)
		case s.kind == uint32(elf.PT_INTERP):
			c.keep(s.offset, min(size, maxName), false)
		case s.kind == uint32(elf.PT_LOAD):
			if linked && (first || !s.executable() && size <= maxSegment) {
				c.keep(s.offset, min(size, maxHead), false)
			}
			first = false
			if n := min(size, s.constants(separate)); c.names.wanted && n > 0 {
				c.ranges = append(c.ranges, span{int64(s.offset), int64(s.offset + n)})
				c.last = max(c.last, int64(s.offset+n))
			}
		}
	}
	if linked {
		for _, s := range h.nameTables(c.head) {
			if s.offset <= uint64(c.size) {
				c.keep(s.offset, min(s.size, uint64(c.size)-s.offset, maxHead), false)
			}
		}
	}
	slices.SortFunc(c.ranges, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(c.ranges); i++ {
		c.ranges[i].from = max(c.ranges[i].from, c.ranges[i-1].to)
		c.ranges[i].to = max(c.ranges[i].to, c.ranges[i].from)
	}
	return true
}

func (c *Collector) keep(offset, size uint64, dynamic bool) {
	p := part{span: span{int64(offset), int64(offset + size)}, dynamic: dynamic}
	c.parts = append(c.parts, p)
	c.last = max(c.last, p.to)
}

func (c *Collector) atHead(offset uint64, n int) []byte {
	if offset >= uint64(len(c.head)) {
		return nil
	}
	return c.head[offset:min(uint64(len(c.head)), offset+uint64(n))]
}

// pass keeps and searches what matters of the next bytes.
func (c *Collector) pass(p []byte) {
	from := c.pos
	c.pos += int64(len(p))
	if from >= c.last {
		return
	}
	for i := range c.parts {
		c.parts[i].take(p, from, c.reserve)
	}
	if w := c.dynamicPart(); w != nil && int64(len(w.bytes)) == w.to-w.from && c.planLate(w.bytes) {
		c.parts[len(c.parts)-1].take(p, from, c.reserve)
	}
	for ; c.searched < len(c.ranges); c.searched++ {
		r := c.ranges[c.searched]
		if r.from < c.pos && r.to > from {
			c.names.write(p[max(r.from, from)-from:min(r.to, c.pos)-from], max(r.from, from))
		}
		if r.to > c.pos {
			return
		}
		c.names.endRange()
	}
}

// take keeps what of p, which stands at the position, lies in the part.
func (w *part) take(p []byte, pos int64, reserve func(int) []byte) {
	end := pos + int64(len(p))
	from := w.from + int64(len(w.bytes)) // the next byte that is missing
	if from < pos || from >= end || from >= w.to {
		return
	}
	if w.bytes == nil {
		w.bytes = reserve(int(w.to - w.from))
	}
	w.bytes = append(w.bytes, p[from-pos:min(end, w.to)-pos]...)
}

// reserve returns room for n bytes, of the memory that is at hand already as far as it
// goes. A header may lie about sizes, but none is longer than the limits are.
func (c *Collector) reserve(n int) []byte {
	if n > cap(c.memory)-len(c.memory) {
		c.memory = make([]byte, 0, max(n, 64<<10))
	}
	start := len(c.memory)
	c.memory = c.memory[:start+n]
	return c.memory[start : start : start+n]
}

// dynamicPart returns the part that is the dynamic section, nil where there is none.
func (c *Collector) dynamicPart() *part {
	for i := range c.parts {
		if c.parts[i].dynamic {
			return &c.parts[i]
		}
	}
	return nil
}

// planLate plans to keep the names that the dynamic section is about where they are
// behind it, as patchelf puts them. It reports whether it did, and does nothing when it
// is called again.
func (c *Collector) planLate(dynamic []byte) bool {
	if c.late {
		return false
	}
	c.late = true
	end := c.dynamicPart().to
	names, size, ok := c.header.names(dynamic)
	if !ok || names < uint64(end) || names > uint64(c.size) {
		return false
	}
	c.keep(names, min(size, uint64(c.size)-names, maxHead), false)
	return true
}

// End returns what the content's headers say, and false for what is no program.
func (c *Collector) End() (f File, ok bool) {
	switch c.state {
	case script:
		return scriptFile(c.head)
	case segments:
		return c.file(c.atPart), true
	}
	return f, false
}

// file is what an ELF file's headers say, and what was found in its constants.
func (c *Collector) file(read reader) File {
	f := c.header.parse(read)
	if !c.names.wanted {
		return f
	}
	c.names.endRange()
	var full bool
	f.Names, full = c.names.found()
	for _, s := range c.header.segments {
		f.Incomplete = f.Incomplete || s.kind == uint32(elf.PT_LOAD) && s.size > s.constants(false)
	}
	// A program that UPX packed shows none of its constants.
	f.Incomplete = f.Incomplete || full || isPacked(c.head)
	return f
}

// isPacked reports whether an ELF file that begins with head was packed by UPX.
func isPacked(head []byte) bool {
	return bytes.Contains(head[:min(len(head), 512)], []byte("UPX!"))
}

// atPart reads from the parts.
func (c *Collector) atPart(offset uint64, n int) []byte {
	for i := range c.parts {
		w := &c.parts[i]
		if from := uint64(w.from); offset >= from && offset < from+uint64(len(w.bytes)) {
			p := w.bytes[offset-from:]
			return p[:min(n, len(p))]
		}
	}
	return nil
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
