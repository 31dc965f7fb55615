package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
)

// View draws the screen.
func (m *root) View() tea.View {
	v := tea.NewView(strings.Join(m.screen(), "\n"))
	v.AltScreen = true
	if !m.mouseOff {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if m.progress.running {
		v.ProgressBar = tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
		if percent := m.progress.percent(); percent >= 0 {
			v.ProgressBar = tea.NewProgressBar(tea.ProgressBarDefault, percent)
		}
	}
	return v
}

// screen is every row of the screen, each exactly as wide as it is.
func (m *root) screen() []string {
	if m.width <= 0 || m.height <= 0 {
		return nil
	}
	if m.layout.tooSmall {
		return m.sentence()
	}
	rows := m.header()
	switch {
	case m.content != nil:
		rows = append(rows, m.contentRows()...)
	case m.page != nil:
		rows = append(rows, m.pageRows()...)
	case m.layout.split:
		left := m.column(m.steps, m.box(m.steps), m.lower.left, !m.right, []tab{{"Instructions", true}})
		right := m.column(m.view, m.box(m.view), m.lower.right, m.right, m.views())
		for i := range left {
			rows = append(rows, left[i]+right[i])
		}
	default:
		text, _ := m.focusedText()
		tabs := append([]tab{{"Steps", !m.right}}, m.views()...)
		rows = append(rows, m.column(m.focused(), m.box(m.focused()), *text, true, tabs)...)
	}
	return append(rows, m.footer())
}

// sentence is all there is to see on a screen that is too small.
func (m *root) sentence() []string {
	text := "tare needs 40 columns and 10 rows; here are " + display.Count(m.width) + " and " + display.Count(m.height)
	var rows []string
	for _, part := range display.Wrap(text, m.width) {
		if len(rows) < m.height {
			rows = append(rows, newLine(m.theme, m.width).add(m.theme.text, part).String())
		}
	}
	return rows
}

func (m *root) views() []tab {
	shown := m.right || m.layout.split
	return []tab{
		{m.keys.first(m.keys.Fixes) + " Fixes", shown && m.view == m.fixes},
		{m.keys.first(m.keys.Files) + " Files", shown && m.view == m.files},
		{m.keys.first(m.keys.Packages) + " Packages", shown && m.view == m.packages},
		{m.keys.first(m.keys.Source) + " Dockerfile", shown && m.view == m.dockerfile},
		{m.keys.first(m.keys.Config) + " Config", shown && m.view == m.config},
	}
}

// column draws a pane and the text below it.
func (m *root) column(p pane, b box, text drawnText, focused bool, tabs []tab) []string {
	l := p.rows()
	upper := part{title: tabs, top: l.top, count: l.count}
	if l.count > 0 {
		upper.position = display.Count(l.cursor+1) + "/" + display.Count(l.count)
		upper.rows = m.list(p, b, focused)
	} else {
		upper.rows = centred(m.theme, m.theme.dim, p.empty(), b.inner(), b.upper)
	}
	lower := part{count: len(text.rows)}
	if text.title != "" {
		lower.title = []tab{{text.title, true}}
	}
	if focused {
		lower.top = m.lower.top
	}
	for i := lower.top; i < len(text.rows) && i < lower.top+b.lower; i++ {
		lower.rows = append(lower.rows, " "+text.rows[i]+" ")
	}
	return frame(m.theme, b, focused, upper, lower)
}

// list draws the rows of a pane that are on the screen.
func (m *root) list(p pane, b box, focused bool) []string {
	l := p.rows()
	var rows []string
	if head := newLine(m.theme, b.inner()); p.heading(head) {
		rows = append(rows, head.String())
	}
	for i := l.top; i < l.top+l.height && i < l.count; i++ {
		row := newLine(m.theme, b.inner())
		if i == l.cursor {
			row.choose(focused)
			row.paint(m.theme.accent, m.theme.cursor)
		} else {
			row.gap(1)
		}
		p.row(row, i)
		rows = append(rows, row.String())
	}
	return rows
}

// pageRows draws the page that covers the panes.
func (m *root) pageRows() []string {
	b := box{y: m.layout.header, width: m.width, upper: m.pageHeight()}
	shown := part{title: []tab{{m.page.title, true}}, top: m.page.top, count: len(m.page.rows)}
	for i := m.page.top; i < len(m.page.rows) && i < m.page.top+b.upper; i++ {
		shown.rows = append(shown.rows, " "+m.page.rows[i]+" ")
	}
	return frame(m.theme, b, true, shown, part{})
}
