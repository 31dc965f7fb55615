package draw

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// WriteEdit writes the change of one or several instructions as a diff: lines that
// go with a minus, lines that come with a plus, what both share with neither.
// Where an instruction is too long for one line both sides are laid out step by
// step, so that the steps which stay can be told from those that change. Read
// aloud, one side comes after the other.
func WriteEdit(p *Page, before, after string) {
	before, after = Clip(before), Clip(after)
	if p.Theme.Accessible {
		p.Row(p.Theme.Text, "Before:")
		change(p, "", p.Theme.Text, p.Theme.Charset.Steps(before, MaxText))
		p.Row(p.Theme.Text, "After:")
		change(p, "", p.Theme.Text, p.Theme.Charset.Steps(after, MaxText))
		return
	}
	width := max(p.Width-2, 1)
	c := &p.Theme.Charset
	lay := c.Instruction
	for _, side := range []string{before, after} {
		if len(c.Instruction(side, width)) > len(c.Lines(side)) {
			lay = c.Steps
		}
	}
	old, now := lay(before, width), lay(after, width)
	head := 0
	for head < min(len(old), len(now)) && same(old[head], now[head]) {
		head++
	}
	tail := 0
	for tail < min(len(old), len(now))-head && same(old[len(old)-1-tail], now[len(now)-1-tail]) {
		tail++
	}
	change(p, " ", p.Theme.Dim, now[:head])
	change(p, "-", p.Theme.Removed, old[head:len(old)-tail])
	change(p, "+", p.Theme.Added, now[head:len(now)-tail])
	change(p, " ", p.Theme.Dim, now[len(now)-tail:])
}

// same compares two lines without the backslash that reports whether another
// follows.
func same(a, b string) bool {
	return strings.TrimSuffix(a, ` \`) == strings.TrimSuffix(b, ` \`)
}

// change writes rows of one kind, the sign before each.
func change(p *Page, sign string, style lipgloss.Style, rows []string) {
	for _, row := range rows {
		p.End(p.Line().Cell(style, sign, 2).Add(style, row))
	}
}
