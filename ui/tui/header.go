package tui

import (
	"slices"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// fact is a piece of the header. If there is not enough room, facts with a high rank are left out
// first.
type fact struct {
	rank  int
	width int
	draw  func(l *draw.Line)
}

func textFact(rank int, style lipgloss.Style, text string) fact {
	return fact{rank, display.Width(text), func(l *draw.Line) { l.Add(style, text) }}
}

// header draws the image's name and figures, in one row or two.
func (m *root) header() []string {
	if m.besideShown() && !m.progress.running {
		return m.besideHeader()
	}
	if m.layout.header == 2 {
		first, second := draw.NewLine(m.theme, m.width), draw.NewLine(m.theme, m.width).Gap(1)
		m.identity(first, m.width-1)
		if m.progress.running {
			m.progress.draw(second)
		} else {
			drawFacts(second, m.weights(m.factsRoom()))
		}
		return []string{first.String(), second.String()}
	}
	l := draw.NewLine(m.theme, m.width)
	if m.progress.running {
		m.identity(l, m.width/2)
		l.Gap(4)
		m.progress.draw(l)
		return []string{l.String()}
	}
	facts := m.weights(m.factsRoom())
	m.identity(l, m.width-factsWidth(facts)-3)
	l.To(m.width - factsWidth(facts) - 1)
	drawFacts(l, facts)
	return []string{l.String()}
}

// factsRoom is how many columns the figures have, beside the name or below it.
func (m *root) factsRoom() int {
	if m.layout.header == 2 {
		return m.width - 2
	}
	return m.width - 10 - min(display.Width(m.reference())+display.Width(m.about()), m.width/3)
}

// goalInHeader reports whether the header has room to say where the changes lead.
func (m *root) goalInHeader() bool {
	return slices.ContainsFunc(m.weights(m.factsRoom()), func(f fact) bool { return f.rank == goalRank })
}

func (m *root) reference() string {
	name := m.opt.Reference
	if m.report != nil && m.report.Image.Reference != "" {
		name = m.report.Image.Reference
	}
	return m.theme.OneLine(name, m.width)
}

// identity draws name, platform and source up to a column.
func (m *root) identity(l *draw.Line, stop int) {
	l.Gap(1).Add(m.theme.Title, "tare").Gap(2)
	l.AddWithin(m.theme.Strong, m.theme.Charset.TruncatePath(m.reference(), stop-l.Used), stop-l.Used)
	if m.report == nil {
		return
	}
	about := m.about()
	if l.Used+2+display.Width(about) <= stop {
		l.Gap(2).Add(m.theme.Dim, about)
	}
}

// about says for which platform the image is and where it comes from.
func (m *root) about() string {
	if m.report == nil {
		return ""
	}
	about := m.report.Image.Platform
	if from := m.report.Image.Source; from != "" {
		if about != "" {
			about += " " + m.theme.Charset.Dot + " "
		}
		about += from
	}
	return m.theme.OneLine(about, m.width)
}

// weights returns the figures of the image that fit into so many columns.
func (m *root) weights(room int) []fact {
	th, r := m.theme, m.report
	if r == nil {
		return nil
	}
	var facts []fact
	if r.Partial {
		facts = append(facts, textFact(1, th.Waste, "partial"))
	}
	if n := len(r.Risks); n > 0 {
		facts = append(facts, textFact(1, th.Removed, display.Plural(n, "risk")))
	}
	if goal := m.fixes.Goal(); goal != "" {
		facts = append(facts, textFact(goalRank, th.Strong, goal))
	} else {
		facts = append(facts, textFact(goalRank, th.Strong, display.Total(r.Image.Size)))
	}
	if pull := r.Image.CompressedSize; pull != nil {
		facts = append(facts, textFact(5, th.Dim, "("+display.Total(*pull)+" to pull)"))
	}
	const bar = 18
	s := &r.Summary
	wasted := th.Waste
	if s.WastedBytes == 0 {
		wasted = th.Dim // nothing to warn of
	}
	facts = append(facts,
		fact{4, 5 + bar, func(l *draw.Line) {
			l.Add(th.Dim, "live ").Bar(max(r.Image.Size-s.WastedBytes, 0), s.WastedBytes, r.Image.Size, bar, true)
		}},
		textFact(0, wasted, display.Percent(s.WastedBytes, r.Image.Size)+" wasted"))
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

const (
	factGap  = 3
	goalRank = 2 // of where the changes lead, or of the size where they lead nowhere
)

func factsWidth(facts []fact) int {
	w := max(len(facts)-1, 0) * factGap
	for _, f := range facts {
		w += f.width
	}
	return w
}

func drawFacts(l *draw.Line, facts []fact) {
	for i, f := range facts {
		if i > 0 {
			l.Gap(factGap)
		}
		f.draw(l)
	}
}
