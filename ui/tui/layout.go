package tui

import "github.com/tare-oci/tare/ui/tui/draw"

// The interface is a header, one or two columns and a footer. A column is a box
// of two parts: a list, and below a divider the text about what the list's
// cursor is on. Where there is room for one column only, all of a row can be read
// in it, and Tab changes what it shows; where a column is too low for two parts, Enter shows the text instead
// of the list.
const (
	minWidth, minHeight = 40, 10 // below, one sentence
	splitWidth          = 100    // from here on, two columns
	wideWidth           = 110    // from here on, the header is one row
	lowerFrom           = 13     // rows of a column from which it has two parts
)

// layout is how a screen of one size is used.
type layout struct {
	tooSmall    bool
	split       bool
	header      int      // rows
	left, right draw.Box // left alone counts when not split
}

// newLayout shares a screen out. Zoomed, the focused pane has all of it; where it has
// that anyhow, its list has.
func newLayout(width, height int, zoomed bool) layout {
	if width < minWidth || height < minHeight {
		return layout{tooSmall: true}
	}
	l := layout{header: 2, split: width >= splitWidth && !zoomed}
	if width >= wideWidth || height < 16 {
		l.header = 1
	}
	body := height - l.header - 1 // the footer
	l.left = column(0, l.header, width, body)
	if zoomed && width < splitWidth {
		l.left = draw.Box{Y: l.header, Width: width, Upper: body - 2}
	}
	if l.split {
		leftWidth := width * 45 / 100
		if width < wideWidth {
			leftWidth = width * 43 / 100 // what to change has to be read in the other
		}
		l.left = column(0, l.header, leftWidth, body)
		l.right = column(leftWidth, l.header, width-leftWidth, body)
	}
	return l
}

// shorter gives a list that needs fewer rows than it has only those, and the text below it
// the rest.
func shorter(b draw.Box, rows int) draw.Box {
	const least = 6
	if free := b.Upper - max(rows, least); b.Lower > 0 && free > 0 {
		b.Upper, b.Lower = b.Upper-free, b.Lower+free
	}
	return b
}

func column(x, y, width, height int) draw.Box {
	if height < lowerFrom {
		return draw.Box{X: x, Y: y, Width: width, Upper: height - 2}
	}
	lower := (height - 3) / 2
	return draw.Box{X: x, Y: y, Width: width, Upper: height - 3 - lower, Lower: lower}
}
