package html

import "strconv"

// rect is a place on a map, in pixels of the map it was laid out for.
type rect struct{ x, y, w, h float64 }

// Maps are laid out twice. Their height is fixed; the width follows the window,
// so places go into the page in percent.
var (
	wide = rect{w: 1080, h: 560}
	tall = rect{w: 340, h: 600}
)

// head is how high the name above a group is, in pixels, and edge how
// wide its margin.
const (
	head = 20
	edge = 3
)

// css is the place within the whole map. It rounds to a hundredth of a percent,
// a tenth of a pixel.
func (r rect) css(whole rect) string {
	return "left:" + number(r.x/whole.w*100) + "%;top:" + number(r.y/whole.h*100) +
		"%;width:" + number(r.w/whole.w*100) + "%;height:" + number(r.h/whole.h*100) + "%"
}

func number(f float64) string {
	text := strconv.FormatFloat(f, 'f', 2, 64)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}

// elementID is an id on the page.
func elementID(kind string, n int) string { return kind + strconv.Itoa(n) }

// places lays areas out within a rectangle, each followed by what is in it.
func places(areas []area, within rect) []rect {
	var places []rect
	var walk func(areas []area, within rect)
	walk = func(areas []area, within rect) {
		weights := make([]float64, len(areas))
		var sum float64
		for i := range areas {
			weights[i] = float64(areas[i].bytes)
			sum += weights[i]
		}
		for i := range areas {
			if areas[i].rest { // drawn large enough to be seen and hit
				weights[i] = max(weights[i], sum/smallestPart)
			}
		}
		for i, at := range squarify(weights, within) {
			places = append(places, at)
			if len(areas[i].kids) > 0 {
				head := min(head, at.h*0.35)
				edge := min(edge, at.w*0.1, at.h*0.1)
				walk(areas[i].kids, rect{x: at.x + edge, y: at.y + head, w: at.w - 2*edge, h: at.h - head - edge})
			}
		}
	}
	walk(areas, within)
	return places
}

// squarify cuts a rectangle into one for each weight, in proportion and in
// order, as near to squares as rows of them allow (Bruls, Huizing and van Wijk,
// "Squarified Treemaps", 2000). Weights should fall from first to last.
//
// Products are converted before they are added, which keeps a compiler from
// fusing the two: a page has the same bytes on every processor.
func squarify(weights []float64, within rect) []rect {
	var left float64
	for _, w := range weights {
		left += w
	}
	places := make([]rect, 0, len(weights))
	for len(weights) > 0 && left > 0 {
		scale := within.w * within.h / left // pixels a unit of weight
		side := min(within.w, within.h)
		n, row := 1, weights[0]
		for n < len(weights) && worst(weights[:n+1], row+weights[n], side, scale) <= worst(weights[:n], row, side, scale) {
			row += weights[n]
			n++
		}
		thick := row * scale / max(side, 1e-9)
		var at float64
		for _, w := range weights[:n] {
			long := w / row * side
			if within.w >= within.h { // a column at the left
				places = append(places, rect{within.x, within.y + at, thick, long})
			} else { // a row at the top
				places = append(places, rect{within.x + at, within.y, long, thick})
			}
			at += long
		}
		if within.w >= within.h {
			within.x, within.w = within.x+thick, max(within.w-thick, 0)
		} else {
			within.y, within.h = within.y+thick, max(within.h-thick, 0)
		}
		left -= row
		weights = weights[n:]
	}
	for range weights { // they weigh nothing
		places = append(places, rect{x: within.x, y: within.y})
	}
	return places
}

// worst is how far from a square the worst item of a row is; 1 is a square.
func worst(row []float64, sum, side, scale float64) float64 {
	first, last := row[0]*scale, row[len(row)-1]*scale
	sum *= scale
	if last <= 0 || side <= 0 {
		return 1e18
	}
	square, area := float64(side*side), float64(sum*sum)
	return max(square*first/area, area/(square*last))
}
