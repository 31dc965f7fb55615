package toolchain

import (
	"slices"

	"github.com/tare-oci/tare/model"
)

// Set says which of an image's packages are there to build with.
type Set struct {
	kinds []Kind
	needs [][]int32
	live  []bool // something that is no tool needs it
	extra []bool // no tool by name, but only tools need it
}

// Find looks through the packages of a report. needs says by package which
// others it depends on; nil where nobody knows, and then names alone decide.
func Find(packages []model.Package, needs [][]int32) *Set { return FindFor(packages, needs, nil) }

// FindFor is Find for an image of which it is known what it runs: a package for which used
// returns true is no tool, whatever its name, and neither is what it needs. A nil used
// returns false.
func FindFor(packages []model.Package, needs [][]int32, used func(name string) bool) *Set {
	s := &Set{kinds: make([]Kind, len(packages)), needs: needs, extra: make([]bool, len(packages))}
	roots := make([]bool, len(packages))
	for i := range packages {
		p := &packages[i]
		s.kinds[i] = KindOf(p.Manager, p.Name)
		if used != nil && s.kinds[i] == Manager && used(p.Name) {
			s.kinds[i], roots[i] = None, true
			continue
		}
		switch p.Reason {
		case "manual", "unknown":
			roots[i] = s.kinds[i] == None
		case "essential":
			roots[i] = true
		}
	}
	s.live = s.Closure(roots)
	s.follow(packages)
	return s
}

// Closure is what packages need, and what that needs, with themselves. from says
// by package whether it is one of them, and is not changed.
func (s *Set) Closure(from []bool) []bool {
	in := slices.Clone(from)
	var queue []int32
	for i, ok := range in {
		if ok {
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, need := range s.NeedsOf(int(at)) {
			if !in[need] {
				in[need] = true
				queue = append(queue, need)
			}
		}
	}
	return in
}

// NeedsOf returns the packages that package i depends on. It belongs to the Set.
func (s *Set) NeedsOf(i int) []int32 {
	if i >= len(s.needs) {
		return nil
	}
	return s.needs[i]
}

// follow finds what only programs brought: the libraries of cmake, say. What a
// -dev package brought may be what the program was linked with, and stays out.
func (s *Set) follow(packages []model.Package) {
	neededBy := make([][]int32, len(packages))
	for i := range packages {
		for _, need := range s.NeedsOf(i) {
			neededBy[need] = append(neededBy[need], int32(i))
		}
	}
	var queue []int32
	for i := range packages {
		if (s.kinds[i] == Program || s.kinds[i] == Manager) && !s.live[i] {
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, need := range s.NeedsOf(int(at)) {
			p := &packages[need]
			if s.live[need] || s.extra[need] || s.kinds[need] != None || p.Reason != "dependency" || Runtime(p.Name) {
				continue
			}
			if !slices.ContainsFunc(neededBy[need], func(by int32) bool {
				return s.live[by] || s.kinds[by] != Program && s.kinds[by] != Manager && !s.extra[by]
			}) {
				s.extra[need] = true
				queue = append(queue, need)
			}
		}
	}
}

// Tool reports whether package i is there to build with, and nothing else needs it.
func (s *Set) Tool(i int) bool { return !s.live[i] && (s.kinds[i] != None || s.extra[i]) }

// Kind says what package i is by its name.
func (s *Set) Kind(i int) Kind { return s.kinds[i] }
