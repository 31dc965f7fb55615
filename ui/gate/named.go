package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// maxNamed is how many paths a reason names.
const maxNamed = 10

// pathsOf returns the paths of a finding that count.
func (s *scale) pathsOf(f *model.Finding) []string {
	for i := range s.report.Findings {
		if &s.report.Findings[i] == f {
			return s.paths[i]
		}
	}
	return f.Paths
}

// named names findings: one that has bytes by its title, those without bytes each with all paths that
// count, new ones first.
func (s *scale) named(findings []int) string {
	if first := &s.report.Findings[findings[0]]; first.Bytes > 0 {
		return first.Title
	}
	var parts []string
	named, more := 0, 0
	for _, i := range s.newFirst(findings) {
		f := &s.report.Findings[i]
		if f.Bytes > 0 {
			continue
		}
		paths := s.ordered(f, s.paths[i])
		show := min(len(paths), maxNamed-named)
		if named >= maxNamed {
			more += max(len(paths), 1)
			continue
		}
		named, more = named+max(show, 1), more+len(paths)-show
		part := f.Title
		for k, p := range paths[:show] {
			part += map[bool]string{true: ": /", false: ", /"}[k == 0] + display.OneLine(p)
		}
		parts = append(parts, part)
	}
	text := strings.Join(parts, "; ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// newFirst sorts findings so that those that the older image lacks come first.
func (s *scale) newFirst(findings []int) []int {
	if s.growth == nil {
		return findings
	}
	rank := func(i int) int {
		if f := &s.report.Findings[i]; s.growth.isNew(f, s.paths[i]) {
			return 0
		}
		return 1
	}
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b int) int { return rank(a) - rank(b) })
	return sorted
}

// ordered returns paths of a finding so that those that the older image lacks come first.
func (s *scale) ordered(f *model.Finding, paths []string) []string {
	fresh := s.growth.fresh(f, paths)
	return append(slices.Clone(fresh), slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return slices.Contains(fresh, p) })...)
}
