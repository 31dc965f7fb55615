package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/pane"
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
	case m.besideOpen:
		rows = append(rows, m.beside.Rows()...)
	case m.layout.split:
		left := m.column(m.steps, m.box(m.steps), m.lower.left, !m.right, []draw.Tab{{Text: "Steps", Active: true}})
		right := m.column(m.view, m.box(m.view), m.lower.right, m.right, m.tabs())
		for i := range left {
			rows = append(rows, left[i]+right[i])
		}
	default:
		text, _ := m.focusedText()
		rows = append(rows, m.column(m.focused(), m.box(m.focused()), *text, true, m.allTabs())...)
	}
	if told := m.longNotice(); told != nil {
		return coverEnd(rows, told, m.height)
	}
	rows = append(rows, m.questionRows()...)
	if m.travel.on && !m.isLow() {
		row := draw.NewLine(m.theme, m.width).Gap(1)
		m.drawTimeline(row)
		rows = append(rows, row.String())
	}
	return append(rows, m.footer())
}

// coverEnd replaces the last rows of a screen; the border above the footer moves up to make room.
func coverEnd(rows, end []string, height int) []string {
	if kept := height - len(end); kept < len(rows) && kept > 0 {
		border := rows[len(rows)-1]
		rows = append(rows[:kept-1], border)
	}
	return append(rows, end...)
}

// sentence returns the one sentence for a screen that is too small.
func (m *root) sentence() []string {
	text := "tare needs 40 columns and 10 rows; this terminal has " + display.Count(m.width) + " and " + display.Count(m.height)
	var rows []string
	for _, part := range display.Wrap(text, m.width) {
		if len(rows) < m.height {
			rows = append(rows, draw.NewLine(m.theme, m.width).Add(m.theme.Text, part).String())
		}
	}
	return rows
}

// tabs are the names of the views, with their keys.
func (m *root) tabs() []draw.Tab {
	shown := m.right || m.layout.split
	tabs := make([]draw.Tab, len(m.views))
	for i, v := range m.views {
		tabs[i] = draw.Tab{Text: m.keys.First(m.keys.Views[i]) + " " + v.Title, Active: shown && m.view == v.Pane}
	}
	return tabs
}

// allTabs are those of all panes, where one has the screen.
func (m *root) allTabs() []draw.Tab {
	return append([]draw.Tab{{Text: "Steps", Active: !m.right}}, m.tabs()...)
}

// column draws a pane and the text below it.
func (m *root) column(p pane.Pane, b draw.Box, text drawnText, focused bool, tabs []draw.Tab) []string {
	l := p.Rows()
	upper := upperPart(p, tabs)
	if l.Count > 0 {
		upper.Rows = m.list(p, b, focused)
	} else {
		upper.Rows = draw.Centred(m.theme, m.theme.Dim, p.Empty(), b.Inner(), b.Upper)
	}
	lower := draw.Part{Count: len(text.rows)}
	if text.title != "" {
		lower.Title = []draw.Tab{{Text: text.title, Active: true}}
	}
	if focused {
		lower.Top = m.lower.top
	}
	for i := lower.Top; i < len(text.rows) && i < lower.Top+b.Lower; i++ {
		lower.Rows = append(lower.Rows, m.theme.Inset(text.rows[i]))
	}
	if b.Lower > 0 {
		lower.Foot = m.foot()
	} else {
		upper.Foot = m.foot()
	}
	return draw.Frame(m.theme, b, focused, upper, lower)
}

// isLow reports whether the screen has no row to spare. What would have one elsewhere
// stands in the border below the list then.
func (m *root) isLow() bool { return m.height <= minHeight }

// foot is what stands in the border below the only column of a small screen: the steps of
// the build, or where the header had no room for it, where the changes lead. nil is
// nothing.
func (m *root) foot() func(l *draw.Line) {
	switch {
	case m.layout.split:
	case m.travel.on && m.isLow():
		return m.drawTimeline
	case !m.progress.running && !m.goalInHeader():
		if goal := m.fixes.Goal(); goal != "" {
			return func(l *draw.Line) { l.Add(m.theme.Strong, goal) }
		}
	}
	return nil
}

// upperPart is a column's list without its rows.
func upperPart(p pane.Pane, tabs []draw.Tab) draw.Part {
	l := p.Rows()
	part := draw.Part{Title: tabs, Top: l.Top, Count: l.Count}
	if l.Count > 0 {
		part.Position = display.Count(l.Cursor+1) + "/" + display.Count(l.Count)
	}
	return part
}

// list draws the rows of a pane that are on the screen.
func (m *root) list(p pane.Pane, b draw.Box, focused bool) []string {
	l := p.Rows()
	rows := m.aboveList(p, b)
	for i := l.Top; i < l.Top+l.Height && i < l.Count; i++ {
		row := draw.NewLine(m.theme, b.Inner())
		if i == l.Cursor {
			row.Highlight(focused)
			row.Paint(m.theme.Accent, m.theme.Cursor)
		} else {
			row.Gap(1)
		}
		p.Row(row, i)
		rows = append(rows, row.String())
	}
	return rows
}

// aboveList draws what stands above the rows of a list: the names of its columns, and
// what it is narrowed to.
func (m *root) aboveList(p pane.Pane, b draw.Box) (rows []string) {
	if text := p.Filter(); text != "" {
		rows = append(rows, draw.FilterRow(m.theme, b.Inner(), text, p.Said()))
	}
	if head := draw.NewLine(m.theme, b.Inner()); p.Heading(head) {
		rows = append(rows, head.String())
	}
	return rows
}

// pageRows draws the page that covers the panes.
func (m *root) pageRows() []string {
	b := draw.Box{Y: m.layout.header, Width: m.width, Upper: m.pageHeight()}
	shown := draw.Part{Title: []draw.Tab{{Text: m.page.title, Active: true}}, Top: m.page.top, Count: len(m.page.rows)}
	for i := m.page.top; i < len(m.page.rows) && i < m.page.top+b.Upper; i++ {
		shown.Rows = append(shown.Rows, m.theme.Inset(m.page.rows[i]))
	}
	return draw.Frame(m.theme, b, true, shown, draw.Part{})
}
