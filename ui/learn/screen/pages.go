package screen

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/textarea"
	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
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
	p := &draw.Page{Theme: m.theme, Width: m.width - 2}
	p.Blank()
	for _, h := range m.helps() {
		p.Fact("  "+h.keys, h.long)
	}
	p.Fact("  q", "quit; what you did is kept")
	p.Blank()
	p.Paragraph(m.theme.Dim, "  Your files lie in "+display.Escape(m.s.Dir(m.s.Lesson()))+". Nothing is built: what you write is replayed in memory and counted.")
	return m.page("Keys", p.Rows, 0, height)
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

// span is a piece of text in one style.
type span struct {
	style lipgloss.Style
	text  string
}

// markdown lays out the Markdown that lessons use: paragraphs, lists, fences, bold and
// code.
func markdown(th *draw.Theme, text string, width int) []string {
	var rows []string
	blank := func() { rows = append(rows, draw.NewLine(th, width).String()) }
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			rows = append(rows, wrap(th, strings.Join(paragraph, " "), width)...)
			paragraph = nil
		}
	}
	fenced := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			fenced = !fenced
		case fenced:
			for i, part := range display.Wrap(th.Charset.Escape(line), max(width-6, 8)) {
				rows = append(rows, draw.NewLine(th, width).Gap(2+4*min(i, 1)).Add(th.Keyword, indented(line, part, i)).String())
			}
		case line == "":
			flush()
			blank()
		case strings.HasPrefix(line, "- "):
			flush()
			paragraph = append(paragraph, line)
		default:
			paragraph = append(paragraph, strings.TrimSpace(line))
		}
	}
	flush()
	return rows
}

// indented is a part of a wrapped line. The first part has the blanks at the start of the line.
func indented(line, part string, i int) string {
	if i > 0 {
		return part
	}
	return leading(line) + strings.TrimLeft(part, " ")
}

// wrap lays out a paragraph; the rows of a list item after its first are indented.
func wrap(th *draw.Theme, text string, width int) []string {
	indent := 0
	if strings.HasPrefix(text, "- ") {
		indent = 2
	}
	var rows []string
	l := draw.NewLine(th, width)
	for _, word := range words(th, text) {
		w := 0
		for _, s := range word {
			w += display.Width(s.text)
		}
		if l.Used > indent && l.Used+1+w > width {
			rows = append(rows, l.String())
			l = draw.NewLine(th, width).Gap(indent)
		} else if l.Used > 0 && (l.Used > indent || len(rows) == 0) {
			l.Gap(1)
		}
		for _, s := range word {
			l.Add(s.style, s.text)
		}
	}
	return append(rows, l.String())
}

// words splits a paragraph at its blanks. A word can consist of several spans.
func words(th *draw.Theme, text string) [][]span {
	var all [][]span
	var word []span
	end := func() {
		if len(word) > 0 {
			all = append(all, word)
			word = nil
		}
	}
	bold, code := false, false
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			style := th.Text
			switch {
			case code:
				style = th.Keyword
			case bold:
				style = th.Strong
			}
			word = append(word, span{style, th.Charset.Escape(b.String())})
			b.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '`':
			flush()
			code = !code
		case !code && strings.HasPrefix(text[i:], "**"):
			flush()
			bold = !bold
			i++
		case text[i] == ' ':
			flush()
			end()
		default:
			b.WriteByte(text[i])
		}
	}
	flush()
	end()
	return all
}
