// Package executable reads from the headers of a program what it needs to start: for an ELF file its
// loader, the shared libraries it is linked with and where it wants them searched; for a script
// the interpreter in its first line.
//
//	var c executable.Collector
//	c.Begin(size, nil)
//	c.Write(content) // in pieces, as they stream by
//	file, ok := c.End()
//
// NEEDED, SONAME, RPATH and RUNPATH are entries in the dynamic section of an ELF file (System V
// gABI, "Dynamic Linking"). The interpreter of an ELF file is its dynamic loader, which the segment
// PT_INTERP names. A static program has none of these.
//
// A [Collector] sees a content once, front to back, and keeps little of it: the headers, the dynamic
// section, and the segment where linkers put the names, each with a limit. If that is not enough, as
// for a truncated file, File.Unread is true. Constants are searched for names of files as they
// stream by, and not kept. [Collector.ReadAt] does the same for a content at hand. Damaged and
// hostile files give wrong names at worst.
package executable

import "slices"

// File is what a program's headers say.
type File struct {
	// Script is the line of a script behind #!, without blanks at its ends; "" for
	// an ELF file.
	Script string
	// Interpreter is an ELF file's dynamic loader, an absolute path; "" for none.
	Interpreter string
	// Needed are the names of the shared libraries that an ELF file is linked with.
	Needed []string
	// Soname is the name that others are linked with when they are linked with this
	// library; "" for none.
	Soname string
	// Runpath and Rpath are the lists of directories, as written, with a colon between
	// two, in which an ELF file wants its libraries searched; "" for none.
	Runpath, Rpath string
	// Names are file names that an ELF file's constants hold: absolute paths, and
	// shared libraries that it may load while it runs. They are collected on request.
	Names []string
	// Incomplete is true where not all of the constants were searched for Names.
	Incomplete bool
	// Unread is true where the dynamic section could not be read.
	Unread bool
}

// Limits of what is kept of one file, in bytes and in number.
const (
	maxScript  = 256
	maxHead    = 1 << 20
	maxDynamic = 64 << 10
	maxSegment = 64 << 10 // a segment of data that may hold names, as patchelf adds it
	maxSearch  = 4 << 20  // constants that are searched for names
	maxName    = 256
	maxNeeded  = 512
	maxNames   = 512
)

// overhead is what a File takes in memory beside its texts, in bytes.
const overhead = 200

// Memory estimates how many bytes of memory a File takes.
func (f *File) Memory() int64 {
	n := int64(overhead + len(f.Script) + len(f.Interpreter) + len(f.Soname) + len(f.Runpath) + len(f.Rpath))
	for _, list := range [][]string{f.Needed, f.Names} {
		for _, name := range list {
			n += 16 + int64(len(name))
		}
	}
	return n
}

// IsScript reports whether the file is a script.
func (f *File) IsScript() bool { return f.Script != "" }

// flags of a File in the form that Texts returns.
const (
	flagIncomplete = "i"
	flagUnread     = "u"
)

// Texts returns the File as a list of texts, which [FromTexts] reads.
func (f *File) Texts() []string {
	flags := ""
	if f.Incomplete {
		flags += flagIncomplete
	}
	if f.Unread {
		flags += flagUnread
	}
	out := []string{flags, f.Script, f.Interpreter, f.Soname, f.Runpath, f.Rpath}
	return slices.Concat(out, f.Needed, []string{""}, f.Names)
}

// FromTexts reads what Texts returned. It reports false for another list.
func FromTexts(texts []string) (f File, ok bool) {
	const fixed = 6
	if len(texts) <= fixed {
		return f, false
	}
	f = File{Script: texts[1], Interpreter: texts[2], Soname: texts[3], Runpath: texts[4], Rpath: texts[5]}
	switch texts[0] {
	case "":
	case flagIncomplete:
		f.Incomplete = true
	case flagUnread:
		f.Unread = true
	case flagIncomplete + flagUnread:
		f.Incomplete, f.Unread = true, true
	default:
		return File{}, false
	}
	rest := texts[fixed:]
	end := slices.Index(rest, "")
	if end < 0 || slices.Contains(rest[end+1:], "") {
		return File{}, false
	}
	if end > 0 {
		f.Needed = rest[:end]
	}
	if end+1 < len(rest) {
		f.Names = rest[end+1:]
	}
	return f, true
}
