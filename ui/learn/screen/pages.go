package screen

import (
	"fmt"

	"charm.land/bubbles/v2/textarea"
	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/tui/draw"
)

// page draws a frame around rows that use the full width.
func (m *desk) page(title string, rows []string, top, height int) []string {
	box := draw.Box{Width: m.width, Upper: height - 2}
	return draw.Frame(m.theme, box, true, draw.Part{
		Title: []draw.Tab{{Text: title, Active: true}}, Rows: rows[min(top, len(rows)):min(top+box.Upper, len(rows))], Top: top, Count: len(rows),
	}, draw.Part{})
}

// lessonRows is the list of lessons.
func (m *desk) lessonRows(height int) []string {
	m.lessons.Resize(len(m.s.Lessons), height-2)
	rows := make([]string, len(m.s.Lessons))
	for i, l := range m.s.Lessons {
		row := draw.NewLine(m.theme, m.width-2)
		if i == m.lessons.Cursor {
			row.Highlight(true)
		}
		kept := m.s.Progress.Lessons[l.Name]
		mark, style := " ", m.theme.Text
		if kept.Solved != nil {
			mark, style = m.theme.Written, m.theme.Added
		}
		row.Gap(1).Add(style, mark).Gap(1).Figure(m.theme.Dim, fmt.Sprint(i+1), 2).Gap(2)
		row.AddWithin(m.theme.Text, m.theme.OneLine(l.Title, m.width), max(m.width-24, 8)).To(m.width - 14)
		rows[i] = row.Add(m.theme.Dim, fmt.Sprintf("%d min", l.Minutes)).String()
	}
	return m.page("Lessons", rows, m.lessons.Top, height)
}

// helpRows lists the keys.
func (m *desk) helpRows(height int) []string {
	p := &draw.Page{Theme: m.theme, Width: max(m.width-4, 1)}
	p.Blank()
	for _, a := range m.keys.Actions() {
		l := p.Line().Cell(m.theme.Accent, a.Binding.Help().Key, keyColumn).Gap(2)
		p.End(l.AddWithin(m.theme.Text, a.Does, l.Left()))
	}
	p.Blank()
	p.Paragraph(m.theme.Dim, "Your files lie in "+m.theme.Charset.Escape(m.s.Dir(m.s.Lesson()))+". Nothing is built until you ask for it: what you write is replayed in memory and counted.")
	return m.scrolled("Keys", p.Rows, &m.help, height)
}

// keyColumn is how many columns the names of keys have in the help.
const keyColumn = 12

// scrolled is a page with what of its rows is in the window.
func (m *desk) scrolled(title string, rows []string, list *draw.List, height int) []string {
	list.Resize(len(rows), height-2)
	for i := range rows {
		rows[i] = m.theme.Inset(rows[i])
	}
	return m.page(title, rows, list.Top, height)
}

// editorStyles are the theme's, for the small editor.
func (m *desk) editorStyles() textarea.Styles {
	none := lipgloss.NewStyle()
	state := textarea.StyleState{
		Base: none, Text: m.theme.Text, LineNumber: m.theme.Dim, CursorLineNumber: m.theme.Accent, CursorLine: none,
		EndOfBuffer: m.theme.Dim, Placeholder: m.theme.Dim, Prompt: none, Selection: none.Reverse(true),
	}
	s := textarea.Styles{Focused: state, Blurred: state}
	s.Cursor.Color = m.theme.Accent.GetForeground()
	return s
}
