package beside

import "github.com/tare-oci/tare/ui/tui/draw"

const (
	splitWidth = 100 // from here on, the steps stand above one of the other lists
	lowerFrom  = 13  // rows of a box from which it has a text below its list
)

// layout is how the page's part of the screen is used.
type layout struct {
	split        bool
	upper, under draw.Box // upper alone counts where it is not split
}

// layoutOf shares the page out: one box with the focused list, or on a wide screen two,
// the steps above and another list with a text under it.
func layoutOf(width, height int, zoomed bool) layout {
	if width < splitWidth || height < 18 {
		return layout{upper: single(width, height, zoomed)}
	}
	if zoomed {
		return layout{upper: single(width, height, false)}
	}
	part := height * 42 / 100
	under := single(width, height-part, false)
	under.Y = part
	return layout{split: true, upper: draw.Box{Width: width, Upper: part - 2}, under: under}
}

// single is a box of one list; whole leaves the text below it out.
func single(width, height int, whole bool) draw.Box {
	if height < lowerFrom || whole {
		return draw.Box{Width: width, Upper: max(height-2, 1)}
	}
	text := min((height-3)*45/100, 12)
	return draw.Box{Width: width, Upper: height - 3 - text, Lower: text}
}

// box is where a list is drawn.
func (p *Page) box(list int) draw.Box {
	if p.layout.split && list > 0 {
		return p.layout.under
	}
	return p.layout.upper
}

// textBox is the box that has the text about the row under the cursor.
func (p *Page) textBox() draw.Box {
	if p.layout.split {
		return p.layout.under
	}
	return p.layout.upper
}
