package draw

import (
	"math"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
)

// Eighths are the left parts of a cell, from one eighth to the whole.
var Eighths = [...]string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}

// Shaded reports whether the shapes of a bar tell live bytes from wasted ones. They have to if there
// are no colours, or if the contrast between the two colours within one cell would be too low.
func (t *Theme) Shaded() bool { return t.Plain || t.ASCII || t.page != nil }

// Gauge draws live and wasted bytes on a scale that is full at most: to an
// eighth of a cell where there are colours to tell the two apart, else in whole
// cells of two shades.
func (l *Line) Gauge(live, wasted, most int64, cells int) *Line {
	if cells > l.Left() || most <= 0 {
		return l.Gap(cells)
	}
	if l.Theme.Shaded() {
		return l.Bar(live, wasted, most, cells, false)
	}
	end := l.Used + cells
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
	l.blocks(l.Theme.Live, first/8)
	at := first / 8 * 8
	if part := first % 8; part > 0 {
		// The cell in which live ends: what is wasted goes on behind it. Where
		// both end in the same cell there are three colours for two places, and
		// the background stays.
		if all >= at+8 {
			l.Paint(l.Theme.Live.Background(l.Theme.Waste.GetForeground()), Eighths[part])
		} else if all-first > part {
			l.Paint(l.Theme.Waste, Eighths[all-at])
		} else {
			l.Paint(l.Theme.Live, Eighths[all-at])
		}
		at += 8
	}
	if all > at {
		l.blocks(l.Theme.Waste, (all-at)/8)
		if part := (all - at) % 8; part > 0 {
			l.Paint(l.Theme.Waste, Eighths[part])
		}
	}
	return l.To(end)
}

func eighthsOf(part, whole int64, cells int) int {
	return int(math.Round(min(float64(part)/float64(whole), 1) * float64(cells) * 8))
}

func (l *Line) blocks(style lipgloss.Style, n int) { l.Paint(style, strings.Repeat(Eighths[8], n)) }

// Bar draws live and wasted bytes as parts of a total in whole cells. With a
// track the rest of the total is drawn too.
func (l *Line) Bar(live, wasted, total int64, width int, track bool) *Line {
	if width > l.Left() {
		return l
	}
	c := &l.Theme.Charset
	drawn := c.Bar(live, wasted, total, width)
	cells := func(kind string) int { return strings.Count(drawn, kind) }
	if l.Theme.Shaded() {
		l.Paint(l.Theme.Live, strings.Repeat(c.Live, cells(c.Live)))
		l.Paint(l.Theme.Waste, strings.Repeat(c.Wasted, cells(c.Wasted)))
	} else {
		l.blocks(l.Theme.Live, cells(c.Live))
		l.blocks(l.Theme.Waste, cells(c.Wasted))
	}
	if track {
		return l.Paint(l.Theme.border, strings.Repeat(c.Rest, cells(c.Rest)))
	}
	return l.Gap(cells(c.Rest))
}

// ShareWidth is what share takes: " 100 %".
const ShareWidth = 6

// Share writes what part of the whole a bar stands for.
func (l *Line) Share(part, whole int64) *Line {
	if part == 0 || whole <= 0 {
		return l.Gap(ShareWidth)
	}
	return l.Figure(l.Theme.Dim, display.Percent(part, whole), ShareWidth)
}
