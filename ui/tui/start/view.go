package start

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

const (
	minWidth, minHeight = 40, 10 // below, one sentence
	listTop             = 2      // rows above the list: the header and the border
	sizeWidth           = 9
	aboutFrom           = 70 // columns of a row from which something is said behind the size
	nameShare           = 55 // percent of such a row that names take at most
	minName             = 24 // columns that they take at least
)

func (m *list) listHeight() int { return max(m.height-4, 0) }

// View draws the screen.
func (m *list) View() tea.View {
	v := tea.NewView(strings.Join(m.screen(), "\n"))
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	return v
}

// screen is every row of the screen, each exactly as wide as it is.
func (m *list) screen() []string {
	if m.width <= 0 || m.height <= 0 {
		return nil
	}
	if m.width < minWidth || m.height < minHeight {
		return m.sentence()
	}
	head := draw.NewLine(m.theme, m.width).Gap(1).Add(m.theme.Title, "tare").Gap(2).Add(m.theme.Strong, "Choose an image to look at")
	part := draw.Part{Title: []draw.Tab{{Text: "Images", Active: true}}, Top: m.cursor.Top, Count: m.cursor.Count}
	if n := m.count(); n > 0 {
		part.Position = display.Count(m.place()) + "/" + display.Count(n)
		for i := m.cursor.Top; i < len(m.rows) && i < m.cursor.Top+m.cursor.Height; i++ {
			part.Rows = append(part.Rows, m.row(i))
		}
	} else {
		part.Rows = draw.Centred(m.theme, m.theme.Dim, m.nothing(), m.box().Inner(), m.listHeight())
	}
	rows := append([]string{head.String()}, draw.Frame(m.theme, m.box(), true, part, draw.Part{})...)
	return append(rows, m.footer())
}

// place is which of the items the cursor is on.
func (m *list) place() (n int) {
	for i, r := range m.rows {
		if i <= m.cursor.Cursor && r.item >= 0 {
			n++
		}
	}
	return n
}

// nothing is what to say where there is no item.
func (m *list) nothing() string {
	if m.typing {
		return "No image has that in its name. Esc shows all of them."
	}
	return "Looking for images."
}

// sentence returns the one sentence for a screen that is too small.
func (m *list) sentence() []string {
	var rows []string
	for _, part := range display.Wrap("tare needs 40 columns and 10 rows", m.width) {
		if len(rows) < m.height {
			rows = append(rows, draw.NewLine(m.theme, m.width).Add(m.theme.Text, part).String())
		}
	}
	return rows
}

// row draws a row of the list.
func (m *list) row(i int) string {
	r, th := m.rows[i], m.theme
	l := draw.NewLine(th, m.box().Inner())
	p := &m.parts[r.part]
	switch {
	case r.title:
		title, about, _ := strings.Cut(p.title, ", ")
		l.Gap(1).Add(th.Keyword, title)
		if about != "" {
			l.Gap(2).Add(th.Dim, about)
		}
		return l.String()
	case r.item < 0:
		return l.Gap(3).Add(th.Dim, th.Charset.OneLine(r.says)).String()
	}
	if i == m.cursor.Cursor {
		l.Highlight(true)
		l.Paint(th.Accent, th.Cursor)
	} else {
		l.Gap(1)
	}
	item := &p.items[r.item]
	size, about := "", th.Charset.OneLine(item.About)
	if item.Size > 0 {
		size = display.Bytes(item.Size)
	}
	name := l.Left() - 2 - sizeWidth - 3
	if l.Width >= aboutFrom {
		name = min(name, l.Width*nameShare/100, max(m.names, minName))
	}
	l.Gap(2).Cell(th.Text, th.Charset.TruncatePath(th.Charset.Escape(item.Name), name), name)
	l.Figure(th.Strong, size, sizeWidth)
	if l.Width >= aboutFrom {
		l.Gap(3).Add(th.Dim, about)
	}
	return l.String()
}

// footer draws what was typed, or the keys.
func (m *list) footer() string {
	th := m.theme
	l := draw.NewLine(th, m.width).Gap(1)
	if m.typing {
		l.Add(th.Accent, "/").AddWithin(th.Strong, th.Charset.Escape(m.typed), l.Left()/2).Add(th.Accent, th.Caret)
		return l.Gap(2).Add(th.Dim, "Enter opens, Esc shows all").String()
	}
	up := "↑↓"
	if m.opt.ASCII {
		up = "Up/Down"
	}
	keys := []struct{ key, does string }{{up, "move"}, {"Enter", "open"}, {"Tab", "next part"}, {"a-z", "filter"}, {"q", "quit"}}
	last := keys[len(keys)-1]
	room := l.Left() - len(last.key) - len(last.does) - 3
	for i, k := range keys {
		w := display.Width(k.key) + 1 + display.Width(k.does) + 2
		if i < len(keys)-1 {
			if w > room {
				continue
			}
			room -= w
		}
		if l.Used > 1 {
			l.Gap(2)
		}
		l.Add(th.Accent, k.key).Gap(1).Add(th.Dim, k.does)
	}
	return l.String()
}
