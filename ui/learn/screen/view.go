package screen

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/tui/draw"
)

const (
	// narrow is where there is room for one pane only.
	narrow = 100
	// Smaller screens get a sentence.
	minWidth, minHeight = 30, 10
)

func (m *desk) twoPanes() bool { return m.width >= narrow }

// left is how wide the lesson's pane is.
func (m *desk) left() int { return m.width / 2 }

// View draws the screen.
func (m *desk) View() tea.View {
	v := tea.NewView(strings.Join(m.screen(), "\n"))
	v.AltScreen, v.MouseMode = true, tea.MouseModeCellMotion
	return v
}

// screen is every row, each exactly as wide as the screen.
func (m *desk) screen() []string {
	switch {
	case m.width <= 0 || m.height <= 0:
		return nil
	case m.width < minWidth || m.height < minHeight:
		rows := draw.Centred(m.theme, m.theme.Text, "The course needs a larger window.", m.width, m.height)
		for len(rows) < m.height {
			rows = append(rows, draw.NewLine(m.theme, m.width).String())
		}
		return rows
	}
	rows := []string{m.header()}
	message := m.message()
	height := m.height - 2 - len(message)
	switch {
	case m.mode == choosing:
		rows = append(rows, m.lessonRows(height)...)
	case m.mode == helping:
		rows = append(rows, m.helpRows(height)...)
	case m.mode == building:
		rows = append(rows, m.buildRows(height)...)
	case m.twoPanes():
		left, right := m.lessonPane(m.left(), height), m.workPane(m.width-m.left(), height)
		for i := range left {
			rows = append(rows, left[i]+right[i])
		}
	case m.work:
		rows = append(rows, m.workPane(m.width, height)...)
	default:
		rows = append(rows, m.lessonPane(m.width, height)...)
	}
	return append(append(rows, message...), m.footer())
}

// header shows the lesson, the size of the image, and the learner's progress.
func (m *desk) header() string {
	l := draw.NewLine(m.theme, m.width).Gap(1)
	l.Add(m.theme.Title, "tare learn").Gap(2)
	solved := m.s.Progress.Solved(m.s.Names())
	progress := fmt.Sprintf("%d of %d solved", solved, len(m.s.Lessons))
	if m.width >= narrow {
		for i, other := range m.s.Lessons {
			done := m.s.Progress.Lessons[other.Name].Solved != nil
			style, mark := m.theme.Dim, m.theme.Ahead
			if done {
				style, mark = m.theme.Added, m.theme.Past
			}
			if i == m.s.At() {
				style = m.theme.Title
			}
			l.Add(style, mark)
		}
		l.Gap(2)
	}
	l.AddWithin(m.theme.Strong, m.theme.OneLine(m.s.Lesson().Title, m.width), m.width-l.Used-display.Width(progress)-3)
	return l.To(m.width-display.Width(progress)-1).Add(m.theme.Dim, progress).String()
}

// lessonPane is the text of the lesson.
func (m *desk) lessonPane(width, height int) []string {
	box := draw.Box{Width: width, Upper: height - 2}
	inner := max(box.Inner()-2, 1)
	rows := textRows(m.theme, m.s.Fill(m.s.Lesson().Text), inner)
	m.text.Resize(len(rows), box.Upper)
	rows = rows[m.text.Top:min(m.text.Top+box.Upper, len(rows))]
	for i, row := range rows {
		rows[i] = m.theme.Inset(row)
	}
	title := fmt.Sprintf("Lesson %d of %d", m.s.At()+1, len(m.s.Lessons))
	focused := m.mode == reading && !m.work && (m.s.Question() == nil || !m.twoPanes())
	return draw.Frame(m.theme, box, focused, draw.Part{
		Title: []draw.Tab{{Text: title, Active: true}}, Position: fmt.Sprintf("%d min", m.s.Lesson().Minutes),
		Rows: rows, Top: m.text.Top, Count: m.text.Count,
	}, draw.Part{})
}

// workPane is the image, and below it the file that makes it.
func (m *desk) workPane(width, height int) []string {
	steps := m.steps()
	upper := min(len(steps)+2, (height-3)/2)
	if m.mode == editing {
		upper = min(upper, max((height-3)/3, 3))
	}
	box := draw.Box{Width: width, Upper: max(upper, 1)}
	box.Lower = max(height-3-box.Upper, 1)
	lower := m.filePart(box.Inner(), box.Lower)
	return draw.Frame(m.theme, box, m.mode == editing || m.work || m.s.Question() != nil, m.stackPart(steps, box.Inner(), box.Upper), lower)
}

// steps are the instructions of the learner's image.
func (m *desk) steps() []lesson.Step {
	if m.verdict == nil || m.verdict.Report == nil {
		return nil
	}
	return lesson.Steps(m.verdict.Report)
}

func (m *desk) stackPart(steps []lesson.Step, width, height int) draw.Part {
	p := draw.Part{Title: []draw.Tab{{Text: "Your image", Active: true}}}
	if m.verdict == nil {
		p.Rows = []string{draw.NewLine(m.theme, width).Gap(1).Add(m.theme.Dim, "counting").String()}
		return p
	}
	f := m.verdict.Figures
	l := draw.NewLine(m.theme, width).Gap(1)
	if m.verdict.Report == nil {
		p.Rows = []string{l.Add(m.theme.Removed, "It does not build.").String()}
		return p
	}
	l.Add(m.theme.Strong, display.Bytes(f.Size())).Add(m.theme.Text, ", ")
	style := m.theme.Waste
	if f.Wasted() == 0 {
		style = m.theme.Text
	}
	l.Add(style, display.Bytes(f.Wasted())+" wasted")
	if m.judged != m.counted {
		l.Add(m.theme.Dim, "   counting")
	} else {
		l.Add(m.theme.Dim, m.s.Fill("   at the start {size}, {wasted} wasted"))
	}
	p.Rows = append(p.Rows, l.String(), m.whole(width))
	m.stack.Resize(len(steps), height-len(p.Rows))
	most := int64(1)
	for _, s := range steps {
		most = max(most, s.Size)
	}
	for i, s := range steps[m.stack.Top:min(m.stack.Top+m.stack.Height, len(steps))] {
		p.Rows = append(p.Rows, m.stepRow(s, width, most, m.stack.Top+i == m.stack.Cursor && m.s.Question() != nil && m.mode != editing))
	}
	p.Top, p.Count = m.stack.Top, 0
	return p
}

// whole draws a bar for the size of the image; its full width is the size at the start.
func (m *desk) whole(width int) string {
	f := m.verdict.Figures
	l := draw.NewLine(m.theme, width).Gap(1)
	return l.Bar(f.Size()-f.Wasted(), f.Wasted(), max(f.Size(), m.s.StartSize()), width-2, true).String()
}

// stepRow is an instruction: its line, what it stores, a bar, its text.
func (m *desk) stepRow(s lesson.Step, width int, most int64, chosen bool) string {
	l := draw.NewLine(m.theme, width)
	if chosen {
		l.Highlight(true)
	}
	mark := " "
	if chosen {
		mark = m.theme.Cursor
	}
	where := "base"
	if s.Line > 0 {
		where = fmt.Sprint(s.Line)
	}
	l.Add(m.theme.Accent, mark).Figure(m.theme.Dim, where, 4).Gap(1)
	style := m.theme.Text
	if s.Wasted > s.Size/10 {
		style = m.theme.Waste
	}
	l.Figure(style, display.Bytes(s.Size), 7).Gap(1)
	l.Gauge(s.Size-s.Wasted, s.Wasted, most, min(14, width/5)).Gap(1)
	return l.Add(m.theme.Text, m.theme.OneLine(s.Text, l.Left())).String()
}

// filePart is the editor, the solution, or the file as it is.
func (m *desk) filePart(width, height int) draw.Part {
	if m.mode == editing {
		m.editor.SetStyles(m.editorStyles())
		m.editor.SetWidth(width)
		m.editor.SetHeight(height)
		rows := strings.Split(m.editor.View(), "\n")
		for i, row := range rows {
			rows[i] = row + strings.Repeat(" ", max(width-lipgloss.Width(row), 0))
		}
		return draw.Part{Title: m.fileTabs(), Position: "saved as you type", Rows: rows[:min(height, len(rows))]}
	}
	title, files := m.fileTabs(), m.files
	if m.shown {
		title, files = []draw.Tab{{Text: "A solution", Active: true}}, m.s.Lesson().Solution
	}
	var rows []string
	for _, name := range files.Names() {
		if len(files) > 1 {
			rows = append(rows, draw.NewLine(m.theme, width).Gap(1).Add(m.theme.Dim, name).String())
		}
		for i, line := range strings.Split(strings.TrimRight(files[name], "\n"), "\n") {
			rows = append(rows, m.codeRows(i+1, line, width)...)
		}
	}
	return draw.Part{Title: title, Position: m.theme.Charset.TruncatePath(display.Escape(m.s.File(m.file)), max(width/2-4, 1)), Rows: rows[:min(height, len(rows))]}
}

// codeRows draws a line of a Dockerfile with its number, wrapped into several rows if it is long.
func (m *desk) codeRows(number int, line string, width int) []string {
	const margin = 5
	text := m.theme.Charset.Escape(strings.ReplaceAll(line, "\t", "    "))
	keyword, _, found := strings.Cut(text, " ")
	isKeyword := found && keyword != "" && keyword == strings.ToUpper(keyword) && !strings.HasPrefix(keyword, "#")
	var rows []string
	for i, part := range display.Wrap(text, max(width-margin-6, 8)) {
		l := draw.NewLine(m.theme, width)
		switch {
		case i > 0:
			l.Gap(margin+4).Add(m.theme.Text, part)
		case isKeyword && strings.HasPrefix(part, keyword+" "):
			l.Figure(m.theme.Dim, fmt.Sprint(number), margin-1).Gap(1).Add(m.theme.Keyword, keyword).Add(m.theme.Text, part[len(keyword):])
		default:
			l.Figure(m.theme.Dim, fmt.Sprint(number), margin-1).Gap(1).Add(m.theme.Text, leading(text)+part)
		}
		rows = append(rows, l.String())
	}
	return rows
}

// leading returns the blanks at the start of a line, which wrapping would remove.
func leading(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " "))] }

func (m *desk) fileTabs() []draw.Tab {
	var tabs []draw.Tab
	for _, name := range m.s.Lesson().Start.Names() {
		tabs = append(tabs, draw.Tab{Text: name, Active: name == m.file})
	}
	return tabs
}
