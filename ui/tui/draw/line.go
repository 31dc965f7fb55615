package draw

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
)

// Line builds one row of the screen with an exact width: text that does not fit is cut with an
// ellipsis, and missing columns are filled with spaces. Every row of every pane is built by a
// Line, so no row can be wider than the terminal.
//
// Text handed to a line must be printable already: it comes from the program
// itself or through package display.
type Line struct {
	Theme  *Theme
	Width  int             // in columns
	Used   int             // columns written so far
	back   *lipgloss.Style // background of the row under the cursor, else nil
	forced bool            // back's foreground wins over the text's own
	out    strings.Builder
}

// NewLine begins a row of so many columns; a negative width counts as 0.
func NewLine(th *Theme, width int) *Line { return &Line{Theme: th, Width: max(width, 0)} }

// Highlight gives the whole line the background of the row under the cursor.
func (l *Line) Highlight(focused bool) {
	if focused {
		l.back, l.forced = &l.Theme.chosen, l.Theme.override
	} else {
		l.back, l.forced = &l.Theme.parked, false
	}
}

// Left is how many columns are still free.
func (l *Line) Left() int { return l.Width - l.Used }

// Add appends text as far as there is room for it.
func (l *Line) Add(style lipgloss.Style, text string) *Line {
	return l.AddWithin(style, text, l.Left())
}

// AddWithin appends text in at most limit columns.
func (l *Line) AddWithin(style lipgloss.Style, text string, limit int) *Line {
	limit = min(limit, l.Left())
	if limit <= 0 || text == "" {
		return l
	}
	text = l.Theme.Charset.Truncate(text, limit)
	l.write(style, text, display.Width(text), l.forced)
	return l
}

// Words appends a sentence in at most limit columns, and cuts it between two words.
func (l *Line) Words(style lipgloss.Style, text string, limit int) *Line {
	limit = min(limit, l.Left())
	return l.AddWithin(style, l.Theme.Charset.TruncateWords(text, limit), limit)
}

// Cell appends text in a column of w columns, to its left.
func (l *Line) Cell(style lipgloss.Style, text string, w int) *Line {
	end := min(l.Used+w, l.Width)
	l.AddWithin(style, text, w)
	return l.To(end)
}

// Figure appends text in a column of w columns, to its right.
func (l *Line) Figure(style lipgloss.Style, text string, w int) *Line {
	return l.Gap(w-display.Width(text)).AddWithin(style, text, w)
}

// Paint appends a drawing, which keeps its colours on the row under the cursor.
func (l *Line) Paint(style lipgloss.Style, drawing string) *Line {
	w := display.Width(drawing)
	if w > 0 && w <= l.Left() {
		l.write(style, drawing, w, false)
	}
	return l
}

// Gap appends n spaces.
func (l *Line) Gap(n int) *Line { return l.To(min(l.Used+n, l.Width)) }

// To appends spaces up to a column.
func (l *Line) To(column int) *Line {
	if n := min(column, l.Width) - l.Used; n > 0 {
		l.write(l.Theme.Text, strings.Repeat(" ", n), n, false)
	}
	return l
}

func (l *Line) write(style lipgloss.Style, text string, w int, forced bool) {
	l.out.WriteString(l.styled(style, forced).Inline(true).Render(text))
	l.Used += w
}

// styled is a style as this row draws it.
func (l *Line) styled(style lipgloss.Style, forced bool) lipgloss.Style {
	switch {
	case l.back == nil && l.Theme.page != nil:
		return style.Inherit(*l.Theme.page)
	case l.back == nil:
		return style
	case !forced && l.forced && l.Theme.onChosen[style.GetForeground()] != nil:
		style = style.Foreground(l.Theme.onChosen[style.GetForeground()])
	case forced || l.forced && l.Theme.page != nil: // no drawing keeps colours that differ too little
		style = style.Foreground(l.back.GetForeground())
	}
	return style.Inherit(*l.back)
}

// String fills the line up and returns it.
func (l *Line) String() string {
	l.To(l.Width)
	return l.out.String()
}

// Join appends another line as it is drawn, if there is room for all that is written of it.
func (l *Line) Join(other *Line) *Line {
	if other.Used <= l.Left() {
		l.out.WriteString(other.out.String())
		l.Used += other.Used
	}
	return l
}

// rule draws a horizontal border up to a column.
func (l *Line) rule(style lipgloss.Style, column int) *Line {
	if n := min(column, l.Width) - l.Used; n > 0 {
		l.write(style, strings.Repeat(l.Theme.horizontal, n), n, false)
	}
	return l
}
