package draw

// List is a cursor over Count rows, of which Height are on the screen. It does not hold the rows
// themselves, so it costs the same for ten of them and for ten million.
type List struct {
	Cursor, Top   int
	Count, Height int
}

// Resize tells how many rows there are and how many fit.
func (l *List) Resize(count, height int) {
	l.Count, l.Height = count, max(height, 0)
	l.To(l.Cursor)
}

// Move takes the cursor n rows down, or up if n is negative.
func (l *List) Move(n int) { l.To(l.Cursor + n) }

// To puts the cursor on a row, or the nearest there is, and scrolls to it.
func (l *List) To(row int) {
	l.Cursor = max(0, min(row, l.Count-1))
	if l.Cursor < l.Top {
		l.Top = l.Cursor
	}
	if l.Height > 0 && l.Cursor >= l.Top+l.Height {
		l.Top = l.Cursor - l.Height + 1
	}
	l.Top = max(0, min(l.Top, l.Count-l.Height))
}

// Scroll moves the window and takes the cursor along where it would leave it.
func (l *List) Scroll(n int) {
	l.Top = max(0, min(l.Top+n, l.Count-l.Height))
	l.Cursor = max(l.Top, min(l.Cursor, l.Top+l.Height-1, l.Count-1))
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
