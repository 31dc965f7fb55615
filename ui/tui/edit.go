package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// edit writes the change of one or several instructions as a diff: lines that
// go with a minus, lines that come with a plus, what both share with neither.
// Where an instruction is too long for one line both sides are laid out step by
// step, so that the steps which stay can be told from those that change. Read
// aloud, one side comes after the other.
func edit(p *page, before, after string) {
	before, after = clip(before), clip(after)
	if p.th.spoken {
		p.row(p.th.text, "Before:")
		change(p, "", p.th.text, p.th.charset.Steps(before, maxRead))
		p.row(p.th.text, "After:")
		change(p, "", p.th.text, p.th.charset.Steps(after, maxRead))
		return
	}
	width := max(p.width-2, 1)
	c := &p.th.charset
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
	change(p, " ", p.th.dim, now[:head])
	change(p, "-", p.th.removed, old[head:len(old)-tail])
	change(p, "+", p.th.added, now[head:len(now)-tail])
	change(p, " ", p.th.dim, now[len(now)-tail:])
}

// same compares two lines without the backslash that reports whether another
// follows.
func same(a, b string) bool {
	return strings.TrimSuffix(a, ` \`) == strings.TrimSuffix(b, ` \`)
}

// change writes rows of one kind, the sign before each.
func change(p *page, sign string, style lipgloss.Style, rows []string) {
	for _, row := range rows {
		p.end(p.line().cell(style, sign, 2).add(style, row))
	}
}
