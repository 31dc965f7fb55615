package executable

import (
	"bytes"
	"slices"
)

// nameSearch finds file names among constants, as a C compiler stores them: between two
// zero bytes. Go and Rust store texts without zeros, so that names of theirs run into one
// another; what stands before a name is cut off, what stands behind it is not.
//
// Constants come in pieces, which it does not keep: of each it remembers the end, as far
// as a name may reach over it. What is found is the same whatever the pieces are.
type nameSearch struct {
	wanted    bool
	align     int      // of addresses, 0 once no table of a Go program is to be expected
	files     []string // absolute paths
	libraries []string
	known     map[string]bool
	full      bool // there were more

	// All of these count from the beginning of the content.
	end     int64 // of what was written
	next    int64 // what lies before it was searched
	library int64 // end of the last name of a library
	skip    int64 // nothing is searched before it

	last   []byte // of the constants, from lastAt to end
	lastAt int64
}

// reset begins another content.
func (s *nameSearch) reset(wanted bool) {
	*s = nameSearch{wanted: wanted, last: s.last[:0]}
}

// write searches the next bytes of a range of constants; p stands at a place of the content.
// A name is searched for once maxName bytes behind its beginning are known, or the range
// ends.
func (s *nameSearch) write(p []byte, at int64) {
	if len(s.last) == 0 {
		s.end, s.next, s.library, s.skip = at, at, at, at
	} else {
		n := min(len(p), 2*maxName)
		s.last = append(s.last, p[:n]...)
		s.search(s.last, s.lastAt, s.end+int64(n-maxName))
		if n == len(p) {
			s.end += int64(n)
			s.forget()
			return
		}
	}
	begin := s.end
	s.end += int64(len(p))
	s.search(p, begin, s.end-maxName)
	s.last = append(s.last[:0], p[max(0, len(p)-2*maxName):]...)
	s.lastAt = s.end - int64(len(s.last))
}

// forget drops what no name that is still to come reaches back to.
func (s *nameSearch) forget() {
	if n := int(s.next - maxName - s.lastAt); n > 0 {
		s.last = s.last[:copy(s.last, s.last[n:])]
		s.lastAt += int64(n)
	}
}

// endRange ends a range. Ending it again does nothing.
func (s *nameSearch) endRange() {
	if len(s.last) > 0 {
		s.search(s.last, s.lastAt, s.end)
		s.last = s.last[:0]
	}
}

// search looks in p, which stands at a place of the content, for names whose slash or dot
// lies between what was searched before and an end. It goes once through p for the
// roots, however many there are, and once for libraries: programs are large, and most
// of the bytes of an image.
func (s *nameSearch) search(p []byte, at, end int64) {
	for s.next < end {
		if s.skip > s.next {
			s.next = min(s.skip, end)
			continue
		}
		from, to := int(s.next-at), int(end-at)
		if s.align > 0 {
			if i, size := findTable(p, at, from, to, s.align); i >= 0 {
				s.align, s.skip, to = 0, at+int64(i)+size, i // there is one
			}
		}
		s.searchFiles(p, from, to)
		s.searchLibraries(p, at, from, to)
		s.next = at + int64(to)
	}
}

// searchFiles looks for absolute paths.
func (s *nameSearch) searchFiles(p []byte, from, to int) {
	for from < to {
		i := bytes.IndexByte(p[from:to], '/')
		if i < 0 {
			return
		}
		from += i
		if beginsWithRoot(p[from:]) {
			s.files = s.add(s.files, p[from:from+nameEnd(p[from:])])
		}
		from++
	}
}

var librarySuffix = []byte(".so")

// searchLibraries looks for the names of shared libraries.
func (s *nameSearch) searchLibraries(p []byte, at int64, from, to int) {
	from = max(from, int(s.library-at))
	for from < to {
		i := bytes.Index(p[from:min(len(p), to+len(librarySuffix)-1)], librarySuffix)
		if i < 0 {
			return
		}
		dot := from + i
		begin, first := dot, max(0, dot-maxName, int(s.library-at))
		for begin > first && isNameByte(p[begin-1]) {
			begin--
		}
		from = dot + nameEnd(p[dot:])
		s.library = at + int64(from)
		if name := p[begin:from]; bytes.HasPrefix(name, []byte("lib")) && (bytes.HasSuffix(name, librarySuffix) || bytes.Contains(name, []byte(".so."))) {
			s.libraries = s.add(s.libraries, name)
		}
	}
}

// add adds a name to a list of those that were found.
func (s *nameSearch) add(list []string, name []byte) []string {
	name = bytes.TrimRight(name, "/.:")
	if len(name) < 5 || s.known[string(name)] {
		return list
	}
	text := string(name)
	if IsSource(text) {
		return list
	}
	if len(list) == maxNames {
		s.full = true
		return list
	}
	if s.known == nil {
		s.known = make(map[string]bool)
	}
	s.known[text] = true
	return append(list, text)
}

// found returns the names, and whether there are more. Libraries come first: what a program
// loads is missed more than what it reads.
func (s *nameSearch) found() (names []string, more bool) {
	if len(s.files)+len(s.libraries) == 0 {
		return nil, false
	}
	names = slices.Concat(s.libraries, s.files)
	return slices.Clip(names[:min(len(names), maxNames)]), s.full || len(names) > maxNames
}
