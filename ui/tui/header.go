package tui

import (
	"slices"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
)

// fact is a piece of the header. When there is no room for all of them the one
// of the highest rank goes first.
type fact struct {
	rank  int
	width int
	draw  func(l *line)
}

func textFact(rank int, style lipgloss.Style, text string) fact {
	return fact{rank, display.Width(text), func(l *line) { l.add(style, text) }}
}

// header draws what the image is and what it weighs, in one row or two.
func (m *root) header() []string {
	if m.layout.header == 2 {
		first, second := newLine(m.theme, m.width), newLine(m.theme, m.width).gap(1)
		m.identity(first, m.width-1)
		if m.progress.running {
			m.progress.draw(second)
		} else {
			drawFacts(second, m.weights(m.width-2))
		}
		return []string{first.String(), second.String()}
	}
	l := newLine(m.theme, m.width)
	if m.progress.running {
		m.identity(l, m.width/2)
		l.gap(4)
		m.progress.draw(l)
		return []string{l.String()}
	}
	facts := m.weights(m.width - 10 - min(display.Width(m.reference()), m.width/3))
	m.identity(l, m.width-factsWidth(facts)-3)
	l.to(m.width - factsWidth(facts) - 1)
	drawFacts(l, facts)
	return []string{l.String()}
}

func (m *root) reference() string {
	name := m.opt.Reference
	if m.report != nil && m.report.Image.Reference != "" {
		name = m.report.Image.Reference
	}
	return m.theme.oneLine(name, m.width)
}

// identity draws name, platform and source up to a column.
func (m *root) identity(l *line, stop int) {
	l.gap(1).add(m.theme.title, "tare").gap(2)
	l.addWithin(m.theme.strong, m.theme.charset.TruncatePath(m.reference(), stop-l.used), stop-l.used)
	if m.report == nil {
		return
	}
	image := &m.report.Image
	about := image.Platform
	if image.Source != "" {
		if about != "" {
			about += " " + m.theme.charset.Dot + " "
		}
		about += image.Source
	}
	about = m.theme.oneLine(about, m.width)
	if l.used+2+display.Width(about) <= stop {
		l.gap(2).add(m.theme.dim, about)
	}
}

// weights are the figures that fit into so many columns.
func (m *root) weights(room int) []fact {
	th, r := m.theme, m.report
	if r == nil {
		return nil
	}
	var facts []fact
	if r.Partial {
		facts = append(facts, textFact(1, th.waste, "partial"))
	}
	facts = append(facts, textFact(2, th.strong, display.Bytes(r.Image.Size)))
	if pull := r.Image.CompressedSize; pull != nil {
		facts = append(facts, textFact(5, th.dim, "("+display.Bytes(*pull)+" to pull)"))
	}
	const bar = 18
	s := &r.Summary
	facts = append(facts,
		fact{4, 5 + bar, func(l *line) {
			l.add(th.dim, "live ").bar(max(r.Image.Size-s.WastedBytes, 0), s.WastedBytes, r.Image.Size, bar, true)
		}},
		textFact(0, th.waste, display.Percent(s.WastedBytes, r.Image.Size)+" wasted"))
	if n := m.fixes.edits(); n > 0 {
		facts = append(facts, textFact(3, th.strong, display.Plural(n, "edit")))
	} else {
		facts = append(facts, textFact(3, th.dim, "no edits"))
	}
	for len(facts) > 1 && factsWidth(facts) > room {
		worst := 0
		for i := range facts {
			if facts[i].rank > facts[worst].rank {
				worst = i
			}
		}
		facts = slices.Delete(facts, worst, worst+1)
	}
	return facts
}

const factGap = 3

func factsWidth(facts []fact) int {
	w := max(len(facts)-1, 0) * factGap
	for _, f := range facts {
		w += f.width
	}
	return w
}

func drawFacts(l *line, facts []fact) {
	for i, f := range facts {
		if i > 0 {
			l.gap(factGap)
		}
		f.draw(l)
	}
}
