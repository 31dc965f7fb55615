package executable

import (
	"debug/elf"
	"encoding/binary"
)

// reader returns n bytes of a content from an offset, or fewer; the bytes are valid
// until the next call.
type reader func(offset uint64, n int) []byte

// header is what is read of an ELF file's header and program headers.
type header struct {
	order    binary.ByteOrder
	wide     bool // 64 bits
	segments []segment
}

type segment struct {
	kind, flags           uint32
	offset, address, size uint64
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
	var table uint64
	var each, count int
	switch elf.Class(head[elf.EI_CLASS]) {
	case elf.ELFCLASS32:
		table, each, count = uint64(h.order.Uint32(head[28:])), int(h.order.Uint16(head[42:])), int(h.order.Uint16(head[44:]))
	case elf.ELFCLASS64:
		if len(head) < headLen {
			return h, false
		}
		h.wide = true
		table, each, count = h.order.Uint64(head[32:]), int(h.order.Uint16(head[54:])), int(h.order.Uint16(head[56:]))
	default:
		return h, false
	}
	size := 32
	if h.wide {
		size = 56
	}
	if each < size || each > 256 || count == 0 || count > maxSegments {
		return h, false
	}
	p := read(table, each*count)
	if len(p) < each*count {
		return h, false
	}
	for ; count > 0; count-- {
		h.segments = append(h.segments, h.segment(p))
		p = p[each:]
	}
	return h, true
}

func (h *header) segment(p []byte) segment {
	if !h.wide {
		return segment{kind: h.order.Uint32(p), offset: uint64(h.order.Uint32(p[4:])), address: uint64(h.order.Uint32(p[8:])), size: uint64(h.order.Uint32(p[16:])), flags: h.order.Uint32(p[24:])}
	}
	return segment{kind: h.order.Uint32(p), flags: h.order.Uint32(p[4:]), offset: h.order.Uint64(p[8:]), address: h.order.Uint64(p[16:]), size: h.order.Uint64(p[32:])}
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
	each := 8
	if h.wide {
		each = 16
	}
	for ; len(p) >= each; p = p[each:] {
		tag, value := uint64(h.order.Uint32(p)), uint64(h.order.Uint32(p[4:]))
		if h.wide {
			tag, value = h.order.Uint64(p), h.order.Uint64(p[8:])
		}
		switch elf.DynTag(tag) {
		case elf.DT_NULL:
			p = p[:each] // the last one
		case elf.DT_NEEDED:
			if len(needed) < maxNeeded {
				needed = append(needed, value)
			}
		case elf.DT_STRTAB, elf.DT_SONAME, elf.DT_RPATH, elf.DT_RUNPATH:
			at[elf.DynTag(tag)] = value
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
