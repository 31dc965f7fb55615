package tui

// The interface is a header, one or two columns and a footer. A column is a box
// of two parts: a list, and below a divider the text about what the list's
// cursor is on. Where there is room for one column only, Tab changes what it
// shows; where a column is too low for two parts, Enter shows the text instead
// of the list.
const (
	minWidth, minHeight = 40, 10 // below, one sentence
	splitWidth          = 70     // from here on, two columns
	wideWidth           = 110    // from here on, the header is one row
	lowerFrom           = 13     // rows of a column from which it has two parts
)

// box is where a column is on the screen and how its rows are shared out.
type box struct {
	x, y, width int
	upper       int // rows of the list
	lower       int // rows of the text below the divider; 0: there is none
}

// inner is the width between the borders.
func (b box) inner() int { return max(b.width-2, 0) }

// height is the number of rows with borders.
func (b box) height() int {
	if b.lower == 0 {
		return b.upper + 2
	}
	return b.upper + b.lower + 3
}

// layout is how a screen of one size is used.
type layout struct {
	tooSmall    bool
	split       bool
	header      int // rows
	left, right box // left alone counts when not split
}

func newLayout(width, height int) layout {
	if width < minWidth || height < minHeight {
		return layout{tooSmall: true}
	}
	l := layout{header: 2, split: width >= splitWidth}
	if width >= wideWidth || height < 16 {
		l.header = 1
	}
	body := height - l.header - 1 // the footer
	l.left = column(0, l.header, width, body)
	if l.split {
		leftWidth := width * 45 / 100
		if width < 100 {
			leftWidth = width / 2
		}
		l.left = column(0, l.header, leftWidth, body)
		l.right = column(leftWidth, l.header, width-leftWidth, body)
	}
	return l
}

func column(x, y, width, height int) box {
	if height < lowerFrom {
		return box{x: x, y: y, width: width, upper: height - 2}
	}
	lower := (height - 3) / 2
	return box{x: x, y: y, width: width, upper: height - 3 - lower, lower: lower}
}

// taller gives the list all rows but a few: for lists that matter more than the
// text about one row.
func (b box) taller() box {
	const rows = 8
	if b.lower > rows {
		b.upper, b.lower = b.upper+b.lower-rows, rows
	}
	return b
}
