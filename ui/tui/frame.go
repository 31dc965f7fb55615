package tui

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
)

// tab is a piece of a border's title.
type tab struct {
	text   string
	active bool
}

// part is one half of a column: a title in the border above it and its rows.
type part struct {
	title    []tab
	position string // in the title's right corner
	rows     []string
	// Where the rows are in the whole, for the thumb in the right border.
	top, count int
}

// frame draws a column: rounded borders with titles in them, the second part
// below a divider. Every row it returns is exactly as wide as the box, and
// there are exactly as many as the box is high.
func frame(th *theme, b box, focused bool, upper, lower part) []string {
	border := th.border
	if focused {
		border = th.focus
	}
	out := make([]string, 0, b.height())
	out = append(out, edge(th, border, b.width, th.topLeft, th.topRight, upper, focused))
	out = body(out, th, border, b, upper, b.upper)
	if b.lower > 0 {
		out = append(out, edge(th, border, b.width, th.teeLeft, th.teeRight, lower, false))
		out = body(out, th, border, b, lower, b.lower)
	}
	return append(out, edge(th, border, b.width, th.bottomLeft, th.bottomRight, part{}, false))
}

// edge draws a horizontal border and the title in it.
func edge(th *theme, border lipgloss.Style, width int, left, right string, p part, focused bool) string {
	l := newLine(th, width)
	l.paint(border, left)
	stop := width - 1
	if w := display.Width(p.position); w > 0 && w+4 < width/2 {
		stop = width - 4 - w
	}
	tabs, fit := fitTabs(p.title, stop-l.used-1)
	if !fit { // rather where one can go than where one is
		stop = width - 1
		tabs, _ = fitTabs(p.title, stop-l.used-1)
	}
	if len(p.title) > 0 {
		l.paint(border, th.horizontal)
		for i, t := range tabs {
			style := th.dim
			if t.active {
				style = th.strong
				if focused {
					style = th.title
				}
			}
			if i > 0 {
				l.gap(1)
			}
			if room := stop - l.used - 2; room > 0 {
				l.gap(1).addWithin(style, t.text, room)
			}
		}
		l.gap(1)
	}
	l.rule(border, stop)
	if stop < width-1 {
		l.gap(1).add(th.dim, p.position).gap(1)
		l.rule(border, width-1)
	}
	return l.paint(border, right).String()
}

// fitTabs leaves the names out of as many tabs as it must, the last ones first,
// and shows their keys alone. The active one keeps its name. It reports whether
// they fit now.
func fitTabs(tabs []tab, room int) ([]tab, bool) {
	need := 0
	for _, t := range tabs {
		need += display.Width(t.text) + 2
	}
	tabs = slices.Clone(tabs)
	for i, t := range slices.Backward(tabs) {
		key, name, named := strings.Cut(t.text, " ")
		if named && !t.active && need > room {
			tabs[i].text = key
			need -= display.Width(name) + 1
		}
	}
	return tabs, need <= room
}

func body(out []string, th *theme, border lipgloss.Style, b box, p part, height int) []string {
	start, length := thumb(p.top, p.count, height)
	left := border.Render(th.vertical)
	bar := border.Render(th.thumb)
	for i := range height {
		row := ""
		if i < len(p.rows) {
			row = p.rows[i]
		} else {
			row = newLine(th, b.inner()).String()
		}
		right := left
		if i >= start && i < start+length {
			right = bar
		}
		out = append(out, left+row+right)
	}
	return out
}
