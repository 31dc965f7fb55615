package display

import "strings"

// Bar draws parts of a whole, width cells long: live bytes first, then wasted
// ones, then what is left of the total. A part that is there at all gets a
// cell, and a part that is not the whole never fills the bar, so that a bar
// does not say "nothing" or "everything" where there is a little.
func (c Charset) Bar(live, wasted, total int64, width int) string {
	if width <= 0 {
		return ""
	}
	live, wasted = max(live, 0), max(wasted, 0)
	total = max(total, 1)
	if live > total {
		live = total
	}
	if wasted > total-live {
		wasted = total - live
	}
	cells := share([]int64{live, wasted, total - live - wasted}, total, width)
	return strings.Repeat(c.Live, cells[0]) + strings.Repeat(c.Wasted, cells[1]) + strings.Repeat(c.Rest, cells[2])
}

// share deals width cells out to parts that add up to total: one to each part
// that is not nothing, the others in proportion, by largest remainder.
func share(parts []int64, total int64, width int) []int {
	cells := make([]int, len(parts))
	exact := make([]float64, len(parts))
	left := width
	for i, part := range parts {
		exact[i] = float64(part) / float64(total) * float64(width)
		cells[i] = int(exact[i])
		if part > 0 && cells[i] == 0 {
			cells[i] = 1
		}
		left -= cells[i]
	}
	for ; left > 0; left-- {
		cells[furthest(parts, cells, exact, 1)]++
	}
	for ; left < 0; left++ {
		cells[furthest(parts, cells, exact, -1)]--
	}
	return cells
}

// furthest returns the part whose cells are furthest below (sign 1) or above
// (sign -1) its exact share. A part that has nothing is passed over, and so is
// the last cell of a part while another has more.
func furthest(parts []int64, cells []int, exact []float64, sign float64) int {
	best := -1
	for i := range parts {
		if parts[i] == 0 || sign < 0 && cells[i] == 0 {
			continue
		}
		if best < 0 {
			best = i
			continue
		}
		lastCell, bestLast := sign < 0 && cells[i] == 1, sign < 0 && cells[best] == 1
		if lastCell != bestLast {
			if bestLast {
				best = i
			}
			continue
		}
		if sign*(exact[i]-float64(cells[i])) > sign*(exact[best]-float64(cells[best])) {
			best = i
		}
	}
	return best
}
