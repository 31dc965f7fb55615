package draw

// Box is where a column is on the screen and how its rows are shared out.
type Box struct {
	X, Y, Width int
	Upper       int // rows of the list
	Lower       int // rows of the text below the divider; 0: there is none
}

// Inner is the width between the borders.
func (b Box) Inner() int { return max(b.Width-2, 0) }

// height is the number of rows with borders.
func (b Box) height() int {
	if b.Lower == 0 {
		return b.Upper + 2
	}
	return b.Upper + b.Lower + 3
}

// Taller gives the list all rows but a few: for lists that matter more than the
// text about one row.
func (b Box) Taller() Box {
	const rows = 8
	if b.Lower > rows {
		b.Upper, b.Lower = b.Upper+b.Lower-rows, rows
	}
	return b
}
