package releases

import (
	"cmp"
	"slices"
)

// order finds the order of the newest release's own lines that would have been pulled
// least. A layer is built, and pulled, again when its line changes or one above it does, so
// what changes seldom belongs above what changes often, and of two that change as often the
// heavier one above. Sorting so is not always the very best, as two lines may change in the
// same releases; it is never worse than where it started from, or it is not proposed.
// Without contents nobody knows which lines change by themselves, and nothing is proposed.
func (s *Series) order() {
	if s.last == nil || !s.anything {
		return
	}
	var own []int
	for layer, line := range s.lineOf {
		if !s.last.Layers[layer].Inherited {
			own = append(own, line)
		}
	}
	now := s.pulledIn(own)
	best := slices.Clone(own)
	slices.SortStableFunc(best, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.out.Lines[a].Own, s.out.Lines[b].Own), cmp.Compare(s.weights[b][s.newest()], s.weights[a][s.newest()]))
	})
	ordered := s.pulledIn(best)
	if s.out.Totals.PullBytes == nil || ordered >= now {
		return
	}
	// Lines of the base, and those that went, are pulled whatever the order is.
	for line := range s.out.Lines {
		if !slices.Contains(own, line) {
			for at := range s.out.Releases {
				if !s.isFirst(at) {
					ordered += s.out.Lines[line].Pulls[at]
				}
			}
		}
	}
	if ordered < *s.out.Totals.PullBytes {
		s.out.Order, s.out.Totals.OrderedBytes = best, &ordered
	}
}

// pulledIn adds up what releases would have pulled of lines in an order.
func (s *Series) pulledIn(lines []int) (sum int64) {
	for at := range s.out.Releases {
		if s.isFirst(at) {
			continue
		}
		changed := false
		for _, line := range lines {
			if changed = changed || s.own[line][at]; changed {
				sum += s.weights[line][at]
			}
		}
	}
	return sum
}
