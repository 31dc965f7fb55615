package executable

import (
	"bytes"
	"encoding/binary"
)

// A Go program holds a table of the names of its functions and of its sources, for
// traces (runtime.pcHeader, section .gopclntab). It is most of what looks like constants
// in such a program, is full of slashes and dots, and names no file that it reads.

// isGo reports whether an ELF file that begins with head is of Go's linker, which leaves
// notes under that name; the headers of notes are never stripped.
func isGo(head []byte) bool { return bytes.Contains(head, []byte("Go\x00\x00")) }

// tableFields are those of the table's header, behind the first eight bytes.
const tableFields = 8

// findTable finds such a table in p, which stands at a place of the content, where it
// begins between from and to; it lies where an address may, which is aligned to so many
// bytes. findTable returns where, and how many bytes from there on hold names; -1 for
// none. Tables of Go before 1.18 and of big-endian machines are not found.
func findTable(p []byte, at int64, from, to, align int) (i int, size int64) {
	le := binary.LittleEndian
	first := from + int(-(at+int64(from))&int64(align-1))
	for i = first; i < to && i+8 <= len(p); i += align {
		// The magic number is 0xfffffff0 or 0xfffffff1. The shortest instruction and
		// the length of an address follow two zeros.
		magic := le.Uint64(p[i:])
		if magic&0xfffffffffffe != 0xfffffff0 {
			continue
		}
		width := int(magic >> 56)
		if width != 4 && width != 8 || i+8+tableFields*width > len(p) {
			continue
		}
		field := func(n int) int64 {
			if b := p[i+8+n*width:]; width == 8 {
				return int64(le.Uint64(b))
			} else {
				return int64(le.Uint32(b))
			}
		}
		// The names of functions come first, the table of functions last.
		const names, functions = 3, tableFields - 1
		if field(names) > 0 && field(names) < field(functions) && field(functions) < 1<<40 {
			return i, field(functions)
		}
	}
	return -1, 0
}
