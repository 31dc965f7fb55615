package draw

import (
	"image/color"
	"math"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
)

// luminance is a colour's relative luminance, as WCAG 2 defines it.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// met are the pairs of foreground and background that a theme can draw, by a name: what
// a line makes of each style on a row of its own, under the cursor, and under the cursor
// of a pane without the focus.
func met(th *Theme) map[string][2]color.Color {
	styles := map[string]lipgloss.Style{
		"text": th.Text, "dim": th.Dim, "strong": th.Strong, "keyword": th.Keyword, "accent": th.Accent, "live": th.Live, "waste": th.Waste,
		"added": th.Added, "removed": th.Removed, "title": th.Title,
	}
	pairs := map[string][2]color.Color{
		"border": {th.border.GetForeground(), th.border.GetBackground()}, "focus": {th.focus.GetForeground(), th.focus.GetBackground()},
	}
	for name, style := range styles {
		for on, back := range map[string]*lipgloss.Style{"": nil, " under the cursor": &th.chosen, " under a parked cursor": &th.parked} {
			for _, forced := range []bool{true, false} {
				l := NewLine(th, 8)
				l.back, l.forced = back, back == &th.chosen && th.override
				drawn := l.styled(style, forced && l.forced)
				kind := " drawn"
				if forced {
					kind = " written"
				}
				pairs[name+kind+on] = [2]color.Color{drawn.GetForeground(), drawn.GetBackground()}
			}
		}
	}
	return pairs
}

// TestContrastThemeHolds: every pair of colours that can meet differs by 7:1, which is
// what WCAG asks at its highest level.
func TestContrastThemeHolds(t *testing.T) {
	yes, no := true, false
	for _, dark := range []*bool{nil, &yes, &no} {
		th := NewTheme("contrast", dark, false, false, time.Time{})
		if !th.Shaded() {
			t.Error("live and wasted meet in one cell, and no two colours differ enough there")
		}
		for name, pair := range met(th) {
			if got := contrast(pair[0], pair[1]); got < 7 {
				t.Errorf("%s: %.1f to 1", name, got)
			}
		}
	}
}

// TestBarOnTheChosenRow: what is drawn of a bar under the cursor differs by 7:1 from the row, in
// colours of its own: in that of the screen it would look like a hole.
func TestBarOnTheChosenRow(t *testing.T) {
	th := NewTheme("contrast", nil, false, false, time.Time{})
	l := NewLine(th, 20)
	l.Highlight(true)
	row, screen := th.chosen.GetBackground(), th.page.GetBackground()
	for name, style := range map[string]lipgloss.Style{"live": th.Live, "waste": th.Waste} {
		drawn := l.styled(style, false)
		if got := contrast(drawn.GetForeground(), row); got < 7 || drawn.GetBackground() != row || drawn.GetForeground() == screen {
			t.Errorf("%s: %.1f to 1, %v on %v", name, got, drawn.GetForeground(), drawn.GetBackground())
		}
	}
	if live, waste := l.styled(th.Live, false), l.styled(th.Waste, false); live.GetForeground() == waste.GetForeground() {
		t.Error("live and wasted have one colour")
	}
}

// TestOtherThemesCanBeRead on the backgrounds that they are for: text that carries the
// message by 4.5:1, lines and bars by 1.3:1 at least.
func TestOtherThemesCanBeRead(t *testing.T) {
	yes, no := true, false
	for name, back := range map[string]struct {
		dark   *bool
		colour color.Color
	}{"dark": {&yes, rgb("#000000")}, "light": {&no, rgb("#ffffff")}} {
		th := NewTheme("auto", back.dark, false, false, time.Time{})
		for style, c := range map[string]lipgloss.Style{"dim": th.Dim, "keyword": th.Keyword, "accent": th.Accent, "waste": th.Waste, "added": th.Added, "removed": th.Removed} {
			if got := contrast(c.GetForeground(), back.colour); got < 4.5 {
				t.Errorf("%s: %s is %.1f to 1", name, style, got)
			}
		}
		for style, c := range map[string]lipgloss.Style{"live": th.Live, "border": th.border} {
			if got := contrast(c.GetForeground(), back.colour); got < 1.3 {
				t.Errorf("%s: %s is %.1f to 1", name, style, got)
			}
		}
	}
}
