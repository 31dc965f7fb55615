package executable

import "debug/elf"

// HeadLen is how many bytes of a file's beginning [Segments] may need.
const HeadLen = maxHeaders

// Segment is a part of an ELF file that is loaded into memory.
type Segment struct {
	Offset, Size         int64 // in the file
	Address              uint64
	Writable, Executable bool
}

// Segments returns the segments that an ELF file of so many bytes loads, by the beginning of its
// content, at least HeadLen bytes or all of it. Of a segment that the file is too short for, it
// returns what is there. It reports false for what is no ELF file.
func Segments(head []byte, size int64) (list []Segment, ok bool) {
	h, ok := readHeader(func(offset uint64, n int) []byte {
		if offset >= uint64(len(head)) {
			return nil
		}
		return head[offset:min(uint64(len(head)), offset+uint64(n))]
	})
	if !ok {
		return nil, false
	}
	for _, s := range h.segments {
		if s.kind == uint32(elf.PT_LOAD) && s.offset < uint64(size) {
			n := min(s.size, uint64(size)-s.offset)
			list = append(list, Segment{int64(s.offset), int64(n), s.address, s.writable(), s.executable()})
		}
	}
	return list, true
}

// IsELF reports whether a content that begins with head may be an ELF file.
func IsELF(head []byte) bool { return isELF(head) }

// IsGo reports whether an ELF file that begins with head was linked by Go's linker and still says
// so.
func IsGo(head []byte) bool { return isGo(head) }

// IsPacked reports whether an ELF file that begins with head was packed by UPX: nothing of what
// the program holds can be read then.
func IsPacked(head []byte) bool { return isPacked(head) }
