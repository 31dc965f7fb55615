package executable

import (
	"debug/elf"
	"encoding/binary"
	"iter"
)

// reader returns n bytes of a content from an offset, or fewer; the bytes are valid
// until the next call.
type reader func(offset uint64, n int) []byte

// header is what is read of an ELF file's header and program headers.
type header struct {
	order    binary.ByteOrder
	wide     bool // 64 bits
	segments []segment
	sections table // the section headers
}

type segment struct {
	kind, flags           uint32
	offset, address, size uint64
}

func (s *segment) executable() bool { return s.flags&uint32(elf.PF_X) != 0 }
func (s *segment) writable() bool   { return s.flags&uint32(elf.PF_W) != 0 }

// constants is how many bytes of a segment that is loaded are searched for constants.
// separate says that they do not stand among the code.
func (s *segment) constants(separate bool) uint64 {
	switch {
	case s.executable() && separate:
		return 0
	case s.writable():
		return maxHead
	}
	return maxSearch
}

// separateCode reports whether the file has a segment of constants, so that its code need
// not be searched for them.
func (h *header) separateCode() bool {
	for _, s := range h.segments {
		if s.kind == uint32(elf.PT_LOAD) && !s.executable() && !s.writable() {
			return true
		}
	}
	return false
}

const (
	headLen     = 64 // of the header of a 64-bit file, which is the longer one
	maxSegments = 64
)

// isELF reports whether a content that begins with head may be an ELF file.
func isELF(head []byte) bool { return len(head) >= 4 && string(head[:4]) == elf.ELFMAG }

// readHeader reads the header and the program headers. It reports false where they are
// not there or make no sense.
func readHeader(read reader) (h header, ok bool) {
	head := read(0, headLen)
	if len(head) < 52 || !isELF(head) {
		return h, false
	}
	switch elf.Data(head[elf.EI_DATA]) {
	case elf.ELFDATA2LSB:
		h.order = binary.LittleEndian
	case elf.ELFDATA2MSB:
		h.order = binary.BigEndian
	default:
		return h, false
	}
	var at table
	switch elf.Class(head[elf.EI_CLASS]) {
	case elf.ELFCLASS32:
		at = table{uint64(h.order.Uint32(head[28:])), int(h.order.Uint16(head[42:])), int(h.order.Uint16(head[44:]))}
		h.sections = table{uint64(h.order.Uint32(head[32:])), int(h.order.Uint16(head[46:])), int(h.order.Uint16(head[48:]))}
	case elf.ELFCLASS64:
		if len(head) < headLen {
			return h, false
		}
		h.wide = true
		at = table{h.order.Uint64(head[32:]), int(h.order.Uint16(head[54:])), int(h.order.Uint16(head[56:]))}
		h.sections = table{h.order.Uint64(head[40:]), int(h.order.Uint16(head[58:])), int(h.order.Uint16(head[60:]))}
	default:
		return h, false
	}
	size := 32
	if h.wide {
		size = 56
	}
	if at.each < size || at.each > 256 || at.count == 0 || at.count > maxSegments {
		return h, false
	}
	p := read(at.offset, at.each*at.count)
	if len(p) < at.each*at.count {
		return h, false
	}
	for ; at.count > 0; at.count-- {
		h.segments = append(h.segments, h.segment(p))
		p = p[at.each:]
	}
	return h, true
}

// table is where a table of headers is: its offset, the length of an entry, and how many
// there are.
type table struct {
	offset      uint64
	each, count int
}

// nameTables returns the tables of names that are loaded, as far as the file's beginning
// holds the section headers: Go's linker puts these first, and the names behind the code.
func (h *header) nameTables(head []byte) (tables []segment) {
	size := 40
	if h.wide {
		size = 64
	}
	if h.sections.each < size || h.sections.offset >= uint64(len(head)) {
		return nil
	}
	p := head[h.sections.offset:]
	for n := h.sections.count; n > 0 && len(p) >= h.sections.each; n-- {
		var s segment
		s.kind = h.order.Uint32(p[4:])
		if h.wide {
			s.flags, s.offset, s.size = uint32(h.order.Uint64(p[8:])), h.order.Uint64(p[24:]), h.order.Uint64(p[32:])
		} else {
			s.flags, s.offset, s.size = h.order.Uint32(p[8:]), uint64(h.order.Uint32(p[16:])), uint64(h.order.Uint32(p[20:]))
		}
		if s.kind == uint32(elf.SHT_STRTAB) && s.flags&uint32(elf.SHF_ALLOC) != 0 && len(tables) < maxSegments {
			tables = append(tables, s)
		}
		p = p[h.sections.each:]
	}
	return tables
}

func (h *header) segment(p []byte) segment {
	if !h.wide {
		return segment{kind: h.order.Uint32(p), offset: uint64(h.order.Uint32(p[4:])), address: uint64(h.order.Uint32(p[8:])), size: uint64(h.order.Uint32(p[16:])), flags: h.order.Uint32(p[24:])}
	}
	return segment{kind: h.order.Uint32(p), flags: h.order.Uint32(p[4:]), offset: h.order.Uint64(p[8:]), address: h.order.Uint64(p[16:]), size: h.order.Uint64(p[32:])}
}

// addressLen is how many bytes an address takes.
func (h *header) addressLen() int {
	if h.wide {
		return 8
	}
	return 4
}

// find returns the first segment of a kind.
func (h *header) find(kind elf.ProgType) (segment, bool) {
	for _, s := range h.segments {
		if s.kind == uint32(kind) {
			return s, true
		}
	}
	return segment{}, false
}

// parse reads what an ELF file needs.
func (h *header) parse(read reader) (f File) {
	if s, ok := h.find(elf.PT_INTERP); ok {
		f.Interpreter = text(read(s.offset, int(min(s.size, maxName))))
	}
	s, ok := h.find(elf.PT_DYNAMIC)
	if !ok {
		return f
	}
	if s.size > maxDynamic {
		f.Unread = true
		return f
	}
	p := read(s.offset, int(s.size))
	f.Unread = uint64(len(p)) < s.size
	var needed []uint64
	at := map[elf.DynTag]uint64{}
	for tag, value := range h.entries(p) {
		switch tag {
		case elf.DT_NEEDED:
			if len(needed) < maxNeeded {
				needed = append(needed, value)
			}
		case elf.DT_STRTAB, elf.DT_SONAME, elf.DT_RPATH, elf.DT_RUNPATH:
			at[tag] = value
		}
	}
	names, mapped := h.offset(at[elf.DT_STRTAB])
	name := func(at uint64) string {
		p := read(names+at, maxName)
		s := text(p)
		f.Unread = f.Unread || !mapped || len(s) == len(p)
		return s
	}
	for _, at := range needed {
		if s := name(at); s != "" {
			f.Needed = append(f.Needed, s)
		}
	}
	for tag, to := range map[elf.DynTag]*string{elf.DT_SONAME: &f.Soname, elf.DT_RPATH: &f.Rpath, elf.DT_RUNPATH: &f.Runpath} {
		if at, ok := at[tag]; ok {
			*to = name(at)
		}
	}
	return f
}

// entries are those of a dynamic section.
func (h *header) entries(p []byte) iter.Seq2[elf.DynTag, uint64] {
	return func(yield func(elf.DynTag, uint64) bool) {
		each := 2 * h.addressLen()
		for ; len(p) >= each; p = p[each:] {
			tag, value := uint64(h.order.Uint32(p)), uint64(h.order.Uint32(p[4:]))
			if h.wide {
				tag, value = h.order.Uint64(p), h.order.Uint64(p[8:])
			}
			if elf.DynTag(tag) == elf.DT_NULL || !yield(elf.DynTag(tag), value) {
				return
			}
		}
	}
}

// names returns where the names that a dynamic section is about are, and how long their
// table is.
func (h *header) names(dynamic []byte) (offset, size uint64, ok bool) {
	size = maxHead // where it is not told
	for tag, value := range h.entries(dynamic) {
		switch tag {
		case elf.DT_STRTAB:
			offset, ok = h.offset(value)
		case elf.DT_STRSZ:
			size = value
		}
	}
	return offset, size, ok
}

// offset returns where in the file an address of memory comes from.
func (h *header) offset(address uint64) (uint64, bool) {
	for _, s := range h.segments {
		if s.kind == uint32(elf.PT_LOAD) && address >= s.address && address-s.address < s.size {
			return address - s.address + s.offset, true
		}
	}
	return 0, false
}

// text returns the bytes before the first zero.
func text(p []byte) string {
	for i, c := range p {
		if c == 0 {
			return string(p[:i])
		}
	}
	return string(p)
}
