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
	var own, base []int
	for layer, line := range s.lineOf {
		if s.last.Layers[layer].Inherited {
			base = append(base, line)
		} else {
			own = append(own, line)
		}
	}
	rebased := s.rebased(base)
	now := s.pulledIn(own, rebased)
	best := slices.Clone(own)
	slices.SortStableFunc(best, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.out.Lines[a].Own, s.out.Lines[b].Own), cmp.Compare(s.weights[b][s.newest()], s.weights[a][s.newest()]))
	})
	ordered := s.pulledIn(best, rebased)
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

// rebased tells by release whether it stands on another base than the one before, so that all lines above were
// built again, whatever their order is. base are the lines of the newest release's base.
func (s *Series) rebased(base []int) []bool {
	rebased := make([]bool, len(s.out.Releases))
	for at := range rebased {
		rebased[at] = slices.ContainsFunc(base, func(line int) bool { return s.own[line][at] })
	}
	return rebased
}

// pulledIn adds up what releases would have pulled of lines in an order.
func (s *Series) pulledIn(lines []int, rebased []bool) (sum int64) {
	for at := range s.out.Releases {
		if s.isFirst(at) {
			continue
		}
		changed := rebased[at]
		for _, line := range lines {
			if changed = changed || s.own[line][at]; changed {
				sum += s.weights[line][at]
			}
		}
	}
	return sum
}
