package language

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/analyze/executable"
)

// Programs hold what they were made of among their data: Go's linker writes it for every program,
// and cargo auditable for those of Rust. Neither says in a program's first bytes where that is, so
// the segments that can hold it are searched while they pass.

// Limits of what is searched in one program, in bytes.
const (
	maxData      = 32 << 20 // that the program writes to, where Go's linker puts it
	maxConstants = 64 << 20
)

// programStream finds the packages of a program.
type programStream struct {
	size    int64
	head    []byte // the content's beginning, until the segments are known
	planned bool
	ranges  []searchedRange // by offset, none over another
	pos     int64
	search  search
	found   Found
	packed  bool
	isGo    bool
}

// searchedRange is a part of a program that is searched.
type searchedRange struct {
	from, to int64
	address  uint64 // of the first byte in memory
	kind     *searchKind
}

// isProgram reports whether a content that begins with head may be a program.
func isProgram(head []byte) bool { return executable.IsELF(head) }

// begin begins a content. It reports false for what is no program.
func (s *programStream) begin(head []byte, size int64) bool {
	if !isProgram(head) {
		return false
	}
	*s = programStream{size: size, head: s.head[:0], ranges: s.ranges[:0], search: search{buf: s.search.buf[:0], zip: s.search.zip}}
	return true
}

func (s *programStream) next() int64 {
	switch {
	case !s.planned:
		return s.pos
	case s.found.Manager != "" || len(s.ranges) == 0:
		return s.size
	}
	return max(s.pos, s.ranges[0].from)
}

func (s *programStream) write(p []byte) int {
	if !s.planned {
		n := min(len(p), int(min(executable.HeadLen, s.size))-len(s.head))
		s.head = append(s.head, p[:n]...)
		s.pos += int64(n)
		if int64(len(s.head)) == min(executable.HeadLen, s.size) {
			s.plan()
		}
		return n
	}
	r := &s.ranges[0]
	s.pos = max(s.pos, r.from)
	n := int(min(int64(len(p)), r.to-s.pos))
	s.show(p[:n])
	return n
}

// show shows the search the next bytes of the first range.
func (s *programStream) show(p []byte) {
	r := &s.ranges[0]
	s.search.write(r, p, s.pos)
	s.pos += int64(len(p))
	ended := s.pos == r.to
	if f, ok := s.search.find(r, ended); ok {
		s.found = f
	}
	if ended {
		s.ranges = s.ranges[1:]
		s.search.reset()
	}
}

// plan decides what to search. What the headers hold is searched, too.
func (s *programStream) plan() {
	s.planned = true
	s.packed, s.isGo = executable.IsPacked(s.head), executable.IsGo(s.head)
	segments, ok := executable.Segments(s.head, s.size)
	if !ok || s.packed {
		return
	}
	separate := slices.ContainsFunc(segments, func(g executable.Segment) bool { return !g.Executable && !g.Writable })
	for _, g := range segments {
		r := searchedRange{from: g.Offset, to: g.Offset + g.Size, address: g.Address}
		switch {
		case g.Writable:
			r.kind, r.to = &goData, min(r.to, r.from+maxData)
		case !g.Executable || !separate:
			r.kind, r.to = &auditData, min(r.to, r.from+maxConstants)
		default:
			continue // code
		}
		s.ranges = append(s.ranges, r)
	}
	slices.SortStableFunc(s.ranges, func(a, b searchedRange) int { return cmp.Compare(a.from, b.from) })
	s.ranges = slices.DeleteFunc(s.ranges, func(r searchedRange) bool { return r.to <= r.from })
	for i := 1; i < len(s.ranges); i++ { // a header may lie
		r, end := &s.ranges[i], s.ranges[i-1].to
		if r.from < end {
			r.address += uint64(end - r.from)
			r.from = end
			r.to = max(r.to, r.from)
		}
	}
	s.ranges = slices.DeleteFunc(s.ranges, func(r searchedRange) bool { return r.to <= r.from })
	s.searchHead()
}

// searchHead searches what of the ranges has passed with the headers.
func (s *programStream) searchHead() {
	end := s.pos
	for s.found.Manager == "" && len(s.ranges) > 0 && s.ranges[0].from < end {
		r := s.ranges[0]
		s.pos = r.from
		if s.show(s.head[r.from:min(r.to, end)]); r.to > end {
			break
		}
	}
	s.pos = end
}

// end returns what the program is made of.
func (s *programStream) end() (Found, bool) {
	switch {
	case s.found.Manager != "":
		return s.found, true
	case s.packed:
		return Found{Go, []Row{{Unknown: "packed"}}}, true
	case s.isGo:
		return Found{Go, []Row{{Unknown: "no-modules"}}}, true
	}
	return Found{}, false
}
