package imagetest

import "encoding/binary"

// ELF describes a program for 64-bit x86 that has headers, names and nothing to run.
type ELF struct {
	Interpreter    string   // "" for none
	Needed         []string // with Soname and Runpath empty and no Interpreter, too: a static program
	Soname         string
	Runpath, Rpath string
	Names          []string // texts among its constants
	Size           int      // in bytes; more than the rest needs is filled up with noise
	// NamesLast puts the names of the libraries behind the dynamic section, as patchelf does.
	NamesLast bool
}

// Body returns the program's bytes: headers, a segment with the names, one with
// constants and one with the dynamic section, as GNU ld lays them out.
func (e ELF) Body() []byte {
	const base, headers, page = 0x400000, 64 + 56*6, 0x1000
	strings := []byte{0}
	add := func(s string) uint64 {
		at := len(strings)
		strings = append(append(strings, s...), 0)
		return uint64(at)
	}
	var dynamic []uint64
	for _, name := range e.Needed {
		dynamic = append(dynamic, 1, add(name))
	}
	for i, text := range []string{e.Soname, e.Rpath, e.Runpath} {
		if text != "" {
			dynamic = append(dynamic, []uint64{14, 15, 29}[i], add(text))
		}
	}
	interpreter := append([]byte(e.Interpreter), 0)
	var constants []byte
	for _, name := range e.Names {
		constants = append(append(constants, name...), 0)
	}
	constants = append(constants, Noise("code", page)...)
	first := headers + len(interpreter)
	stringsAt := first
	if e.NamesLast {
		stringsAt = first + len(constants) + 16*(len(dynamic)/2+2)
	} else {
		first += len(strings)
	}
	dynamicAt := first + len(constants)
	dynamic = append(dynamic, 5, base+uint64(stringsAt), 0, 0)

	out := make([]byte, headers)
	copy(out, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint16(out[16:], 3)
	le.PutUint16(out[18:], 62)
	le.PutUint32(out[20:], 1)
	le.PutUint64(out[32:], 64)
	le.PutUint16(out[52:], 64)
	le.PutUint16(out[54:], 56)
	count := 0
	segment := func(kind, flags uint32, offset, size int) {
		p := out[64+56*count:]
		le.PutUint32(p, kind)
		le.PutUint32(p[4:], flags)
		le.PutUint64(p[8:], uint64(offset))
		le.PutUint64(p[16:], base+uint64(offset))
		le.PutUint64(p[32:], uint64(size))
		count++
	}
	if e.Interpreter != "" {
		segment(3, 4, headers, len(interpreter))
	}
	segment(1, 4, 0, first)
	segment(1, 4, first, len(constants))
	if e.Interpreter != "" || len(e.Needed) > 0 || e.Soname != "" {
		segment(1, 6, dynamicAt, 8*len(dynamic))
		segment(2, 6, dynamicAt, 8*len(dynamic))
		if e.NamesLast {
			segment(1, 6, stringsAt, len(strings))
		}
	}
	le.PutUint16(out[56:], uint16(count))
	out = append(out, interpreter...)
	if !e.NamesLast {
		out = append(out, strings...)
	}
	out = append(out, constants...)
	for _, value := range dynamic {
		out = le.AppendUint64(out, value)
	}
	if e.NamesLast {
		out = append(out, strings...)
	}
	if more := e.Size - len(out); more > 0 {
		out = append(out, Noise("rest", int64(more))...)
	}
	return out
}

// Program is an executable file.
func Program(path string, e ELF) File { return File{Path: path, Body: e.Body(), Mode: 0o755} }
