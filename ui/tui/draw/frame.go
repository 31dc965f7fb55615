package draw

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
)

// Tab is a piece of a border's title.
type Tab struct {
	Text   string
	Active bool
}

// Part is one half of a column: a title in the border above it and its rows.
type Part struct {
	Title    []Tab
	Position string // in the title's right corner
	Rows     []string
	// Where the rows are in the whole, for the thumb in the right border.
	Top, Count int
	// Foot writes into the border below the column, where it is the column's last part;
	// nil for nothing.
	Foot func(l *Line)
}

// Frame draws a column: rounded borders with titles in them, the second part
// below a divider. Every row it returns is exactly as wide as the box, and
// there are exactly as many as the box is high.
func Frame(th *Theme, b Box, focused bool, upper, lower Part) []string {
	border := th.border
	if focused {
		border = th.focus
	}
	out := make([]string, 0, b.height())
	out = append(out, edge(th, border, b.Width, th.topLeft, th.topRight, upper, focused))
	out = body(out, th, border, b, upper, b.Upper)
	if b.Lower > 0 {
		out = append(out, edge(th, border, b.Width, th.teeLeft, th.teeRight, lower, false))
		out = body(out, th, border, b, lower, b.Lower)
	}
	last := upper
	if b.Lower > 0 {
		last = lower
	}
	return append(out, bottomEdge(th, border, b.Width, last.Foot))
}

// FootStart is the column of a box in which the text in its lower border begins: after the
// corner, a piece of the border and a blank.
const FootStart = 3

// bottomEdge draws the border below a column and what is written into it.
func bottomEdge(th *Theme, border lipgloss.Style, width int, foot func(l *Line)) string {
	l := NewLine(th, width).Paint(border, th.bottomLeft)
	if foot != nil {
		inside := NewLine(th, max(width-2*FootStart, 0))
		foot(inside)
		if inside.Used > 0 {
			l.Paint(border, th.horizontal).Gap(1).Join(inside).Gap(1)
		}
	}
	l.rule(border, width-1)
	return l.Paint(border, th.bottomRight).String()
}

// edge draws a horizontal border and the title in it.
func edge(th *Theme, border lipgloss.Style, width int, left, right string, p Part, focused bool) string {
	l := NewLine(th, width)
	l.Paint(border, left)
	tabs, stop := placeTabs(p, width)
	if len(p.Title) > 0 {
		l.Paint(border, th.horizontal)
		for i, t := range tabs {
			style := th.Dim
			if t.Active {
				style = th.Strong
				if focused {
					style = th.Title
				}
			}
			if i > 0 {
				l.Gap(1)
			}
			if room := stop - l.Used - 2; room > 0 {
				l.Gap(1).AddWithin(style, t.Text, room)
			}
		}
		l.Gap(1)
	}
	l.rule(border, stop)
	if stop < width-1 {
		l.Gap(1).Add(th.Dim, p.Position).Gap(1)
		l.rule(border, width-1)
	}
	return l.Paint(border, right).String()
}

// placeTabs returns the tabs as they fit into a border, and the column up to which they
// may go.
func placeTabs(p Part, width int) (tabs []Tab, stop int) {
	const corner = 1
	stop = width - 1
	if w := display.Width(p.Position); w > 0 && w+4 < width/2 {
		stop = width - 4 - w
	}
	tabs, fit := fitTabs(p.Title, stop-corner-1)
	if !fit { // rather where one can go than where one is
		stop = width - 1
		tabs, _ = fitTabs(p.Title, stop-corner-1)
	}
	return tabs, stop
}

// TabAt returns which tab of a border is drawn at a column, -1 for none.
func TabAt(p Part, width, column int) int {
	tabs, stop := placeTabs(p, width)
	at := 2 // the corner and a piece of the border
	for i, t := range tabs {
		if i > 0 {
			at++
		}
		end := min(at+1+display.Width(t.Text), stop-1)
		if column >= at && column <= end {
			return i
		}
		at = end
	}
	return -1
}

// fitTabs drops the names of tabs, the last ones first, until the tabs fit; only their keys are
// shown then. The active tab keeps its name. It reports whether the tabs fit now.
func fitTabs(tabs []Tab, room int) ([]Tab, bool) {
	need := 0
	for _, t := range tabs {
		need += display.Width(t.Text) + 2
	}
	tabs = slices.Clone(tabs)
	for i, t := range slices.Backward(tabs) {
		key, name, named := strings.Cut(t.Text, " ")
		if named && !t.Active && need > room {
			tabs[i].Text = key
			need -= display.Width(name) + 1
		}
	}
	return tabs, need <= room
}

func body(out []string, th *Theme, border lipgloss.Style, b Box, p Part, height int) []string {
	start, length := thumb(p.Top, p.Count, height)
	left := border.Render(th.vertical)
	bar := border.Render(th.thumb)
	for i := range height {
		row := ""
		if i < len(p.Rows) {
			row = p.Rows[i]
		} else {
			row = NewLine(th, b.Inner()).String()
		}
		right := left
		if i >= start && i < start+length {
			right = bar
		}
		out = append(out, left+row+right)
	}
	return out
}
