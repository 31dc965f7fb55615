package tui

// list is a cursor over count rows of which height are on the screen. It holds
// no rows, so it costs the same for ten of them and for ten million.
type list struct {
	cursor, top   int
	count, height int
}

// resize tells how many rows there are and how many fit.
func (l *list) resize(count, height int) {
	l.count, l.height = count, max(height, 0)
	l.to(l.cursor)
}

// move takes the cursor n rows down, or up if n is negative.
func (l *list) move(n int) { l.to(l.cursor + n) }

// to puts the cursor on a row, or the nearest there is, and scrolls to it.
func (l *list) to(row int) {
	l.cursor = max(0, min(row, l.count-1))
	if l.cursor < l.top {
		l.top = l.cursor
	}
	if l.height > 0 && l.cursor >= l.top+l.height {
		l.top = l.cursor - l.height + 1
	}
	l.top = max(0, min(l.top, l.count-l.height))
}

// scroll moves the window and takes the cursor along where it would leave it.
func (l *list) scroll(n int) {
	l.top = max(0, min(l.top+n, l.count-l.height))
	l.cursor = max(l.top, min(l.cursor, l.top+l.height-1, l.count-1))
}

// thumb returns the first row and the length of the scroll bar's thumb on a bar
// as high as the window; length 0 where everything is seen.
func thumb(top, count, height int) (start, length int) {
	if height <= 0 || count <= height {
		return 0, 0
	}
	length = max(1, height*height/count)
	return top * (height - length) / (count - height), length
}
