package tui

import "github.com/tare-oci/tare/ui/tui/draw"

// pane is a list with a text about its current row. The root moves the cursor,
// scrolls, and draws borders; a pane knows what its rows say.
//
// A pane draws only the rows it is asked for, so what a key costs depends on
// the screen and not on the image.
type pane interface {
	// rows is the list's state: the cursor, the window, the number of rows.
	rows() *draw.List
	// heading draws the names of the columns and reports whether it has any.
	heading(l *draw.Line) bool
	// row draws row i.
	row(l *draw.Line, i int)
	// read writes the text about the row under the cursor and returns its title.
	read(p *draw.Page) string
	// empty is what to say instead of rows when there are none.
	empty() string
	// press does what Open, Left or Right mean on the row under the cursor, and
	// reports whether it meant anything.
	press(p press) bool
}

// press is a key that each pane understands in its own way.
type press int

const (
	pressOpen press = iota
	pressLeft
	pressRight
)
