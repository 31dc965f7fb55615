package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
)

// line builds one row of the screen, of exactly so many columns: what does not
// fit is cut with an ellipsis, what is missing is filled with spaces. Every row
// of every pane is made by one, which is why no size of terminal can overflow.
//
// Text handed to a line must be printable already: it comes from the program
// itself or through package display.
type line struct {
	th     *theme
	width  int
	used   int
	back   *lipgloss.Style // background of the row under the cursor, else nil
	forced bool            // back's foreground wins over the text's own
	out    strings.Builder
}

func newLine(th *theme, width int) *line { return &line{th: th, width: max(width, 0)} }

// choose gives the whole line the background of the row under the cursor.
func (l *line) choose(focused bool) {
	if focused {
		l.back, l.forced = &l.th.chosen, l.th.override
	} else {
		l.back, l.forced = &l.th.parked, false
	}
}

func (l *line) left() int { return l.width - l.used }

// add appends text as far as there is room for it.
func (l *line) add(style lipgloss.Style, text string) *line {
	return l.addWithin(style, text, l.left())
}

func (l *line) addWithin(style lipgloss.Style, text string, limit int) *line {
	limit = min(limit, l.left())
	if limit <= 0 || text == "" {
		return l
	}
	text = l.th.charset.Truncate(text, limit)
	l.write(style, text, display.Width(text), l.forced)
	return l
}

// cell appends text in a column of w columns, to its left.
func (l *line) cell(style lipgloss.Style, text string, w int) *line {
	end := min(l.used+w, l.width)
	l.addWithin(style, text, w)
	return l.to(end)
}

// figure appends text in a column of w columns, to its right.
func (l *line) figure(style lipgloss.Style, text string, w int) *line {
	return l.gap(w-display.Width(text)).addWithin(style, text, w)
}

// paint appends a drawing, which keeps its colours on the row under the cursor.
func (l *line) paint(style lipgloss.Style, drawing string) *line {
	w := display.Width(drawing)
	if w > 0 && w <= l.left() {
		l.write(style, drawing, w, false)
	}
	return l
}

// gap appends n spaces.
func (l *line) gap(n int) *line { return l.to(min(l.used+n, l.width)) }

// to appends spaces up to a column.
func (l *line) to(column int) *line {
	if n := min(column, l.width) - l.used; n > 0 {
		l.write(l.th.text, strings.Repeat(" ", n), n, false)
	}
	return l
}

func (l *line) write(style lipgloss.Style, text string, w int, forced bool) {
	if l.back != nil {
		if forced {
			style = style.Foreground(l.back.GetForeground())
		}
		style = style.Inherit(*l.back)
	}
	l.out.WriteString(style.Inline(true).Render(text))
	l.used += w
}

// String fills the line up and returns it.
func (l *line) String() string {
	l.to(l.width)
	return l.out.String()
}

// rule draws a horizontal border up to a column.
func (l *line) rule(style lipgloss.Style, column int) *line {
	if n := min(column, l.width) - l.used; n > 0 {
		l.write(style, strings.Repeat(l.th.horizontal, n), n, false)
	}
	return l
}
