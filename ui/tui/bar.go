package tui

import (
	"math"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
)

// eighths are the left parts of a cell, from one eighth to the whole.
var eighths = [...]string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}

// gauge draws live and wasted bytes on a scale that is full at most: to an
// eighth of a cell where there are colours to tell the two apart, else in whole
// cells of two shades.
func (l *line) gauge(live, wasted, most int64, cells int) *line {
	if cells > l.left() || most <= 0 {
		return l.gap(cells)
	}
	if l.th.plain || l.th.ascii {
		return l.bar(live, wasted, most, cells, false)
	}
	end := l.used + cells
	all := eighthsOf(live+wasted, most, cells)
	if all == 0 && live+wasted > 0 {
		all = 1
	}
	first := min(eighthsOf(live, most, cells), all)
	if wasted == 0 {
		first = all
	} else if live == 0 {
		first = 0
	}
	l.blocks(l.th.live, first/8)
	at := first / 8 * 8
	if part := first % 8; part > 0 {
		// The cell in which live ends: what is wasted goes on behind it. Where
		// both end in the same cell there are three colours for two places, and
		// the background stays.
		if all >= at+8 {
			l.paint(l.th.live.Background(l.th.waste.GetForeground()), eighths[part])
		} else if all-first > part {
			l.paint(l.th.waste, eighths[all-at])
		} else {
			l.paint(l.th.live, eighths[all-at])
		}
		at += 8
	}
	if all > at {
		l.blocks(l.th.waste, (all-at)/8)
		if part := (all - at) % 8; part > 0 {
			l.paint(l.th.waste, eighths[part])
		}
	}
	return l.to(end)
}

func eighthsOf(part, whole int64, cells int) int {
	return int(math.Round(min(float64(part)/float64(whole), 1) * float64(cells) * 8))
}

func (l *line) blocks(style lipgloss.Style, n int) { l.paint(style, strings.Repeat(eighths[8], n)) }

// bar draws live and wasted bytes as parts of a total in whole cells. With a
// track the rest of the total is drawn too.
func (l *line) bar(live, wasted, total int64, width int, track bool) *line {
	if width > l.left() {
		return l
	}
	c := &l.th.charset
	drawn := c.Bar(live, wasted, total, width)
	cells := func(kind string) int { return strings.Count(drawn, kind) }
	if l.th.plain || l.th.ascii {
		l.paint(l.th.live, strings.Repeat(c.Live, cells(c.Live)))
		l.paint(l.th.waste, strings.Repeat(c.Wasted, cells(c.Wasted)))
	} else {
		l.blocks(l.th.live, cells(c.Live))
		l.blocks(l.th.waste, cells(c.Wasted))
	}
	if track {
		return l.paint(l.th.border, strings.Repeat(c.Rest, cells(c.Rest)))
	}
	return l.gap(cells(c.Rest))
}

// shareWidth is what share takes: " 100 %".
const shareWidth = 6

// share writes what part of the whole a bar stands for.
func (l *line) share(part, whole int64) *line {
	if part == 0 || whole <= 0 {
		return l.gap(shareWidth)
	}
	return l.figure(l.th.dim, display.Percent(part, whole), shareWidth)
}
