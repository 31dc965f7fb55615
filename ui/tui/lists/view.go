package lists

import (
	"cmp"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

const (
	minWidth, minHeight = 40, 10 // below, one sentence
	listTop             = 2      // rows above the list: the header and the border
	figureWidth         = 9      // with the space before it
	minName             = 16
	textShare           = 40 // percent of the rows that the text has
)

// inner is how many rows there are within the borders, and lower and upper how they are shared
// out between the text and the list.
func (m *screen) inner() int { return max(m.height-4, 0) }

func (m *screen) lower() int {
	if m.height < 16 {
		return 0
	}
	return max(m.inner()*textShare/100, 3)
}

// headRows are the rows above the list within its borders: the names of its columns, and
// the filter.
func (m *screen) headRows() int {
	if m.typed != "" || m.typing {
		return 2
	}
	return 1
}

func (m *screen) upper() int {
	rows := m.inner() - m.headRows()
	if low := m.lower(); low > 0 {
		rows -= low + 1
	}
	return max(rows, 0)
}

// View draws the screen.
func (m *screen) View() tea.View {
	v := tea.NewView(strings.Join(m.screen(), "\n"))
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	return v
}

// screen is every row of the screen, each exactly as wide as it is.
func (m *screen) screen() []string {
	if m.width <= 0 || m.height <= 0 {
		return nil
	}
	if m.width < minWidth || m.height < minHeight {
		return m.sentence()
	}
	box := draw.Box{Y: 1, Width: m.width, Upper: m.upper() + m.headRows(), Lower: m.lower()}
	rows := append([]string{m.header()}, draw.Frame(m.theme, box, !m.reading, m.part(), m.about())...)
	return append(rows, m.footer())
}

func (m *screen) header() string {
	th := m.theme
	l := draw.NewLine(th, m.width).Gap(1).Add(th.Title, "tare").Gap(2)
	fact := th.Charset.OneLine(m.shown.Fact)
	room := l.Left() - display.Width(fact) - 3
	if room < minName {
		fact, room = "", l.Left()-1
	}
	l.AddWithin(th.Strong, th.Charset.OneLine(strings.ReplaceAll(m.shown.Title, "·", th.Charset.Dot)), room)
	return l.To(m.width-1-display.Width(fact)).Add(th.Text, fact).String()
}

// part is the list with its border.
func (m *screen) part() draw.Part {
	var p draw.Part
	for i := range m.shown.Lists {
		p.Title = append(p.Title, draw.Tab{Text: strconv.Itoa(i+1) + " " + m.shown.Lists[i].Name, Active: i == m.list})
	}
	c := m.cursor()
	inside := max(m.width-2, 0)
	if m.help {
		p.Rows = m.helpRows(inside)
		return p
	}
	if m.headRows() > 1 {
		p.Rows = append(p.Rows, draw.FilterRow(m.theme, inside, m.typed, display.Count(len(m.rows))+" of "+display.Count(len(m.current().Rows))))
	}
	if len(m.rows) == 0 {
		p.Rows = append(p.Rows, draw.Centred(m.theme, m.theme.Dim, m.nothing(), inside, c.Height)...)
		return p
	}
	p.Top, p.Count = c.Top, c.Count
	p.Position = display.Count(c.Cursor+1) + "/" + display.Count(len(m.rows))
	p.Rows = append(p.Rows, m.columns(inside))
	for at := c.Top; at < len(m.rows) && at < c.Top+c.Height; at++ {
		p.Rows = append(p.Rows, m.drawRow(at, inside))
	}
	return p
}

func (m *screen) nothing() string {
	switch {
	case m.typed != "":
		return "No row has that in its name. Esc shows all of them."
	case m.shown.Busy != "":
		busy := m.theme.Charset.OneLine(m.shown.Busy)
		return strings.ToUpper(busy[:1]) + busy[1:] + ". Esc leaves."
	}
	return m.current().Empty
}

// figures is how many of the columns there is room for, and how wide the name before them is.
func (m *screen) figures(inside int) (n, name int) {
	all := m.current().Columns
	name = inside - 2
	for _, column := range all {
		name -= widthOf(column)
	}
	for n = len(all); n > 0 && name-1 < minName; n-- {
		name += widthOf(all[n-1])
	}
	return n, name
}

// widthOf is how wide a column is, with the space before it.
func widthOf(column string) int { return max(figureWidth, display.Width(column)+1) }

// columns draws the names of the columns; the one that the list is sorted by stands out.
func (m *screen) columns(inside int) string {
	th := m.theme
	n, name := m.figures(inside)
	l := draw.NewLine(th, inside)
	style := th.Dim
	if m.sorted == len(m.current().Columns) {
		style = th.Title
	}
	l.Gap(2).Cell(style, cmp.Or(m.current().About, "name"), name-1).Gap(1)
	for i, column := range m.current().Columns[:n] {
		style := th.Dim
		if i == m.sorted {
			style = th.Title
		}
		l.Figure(style, column, widthOf(column)-1).Gap(1)
	}
	return l.String()
}

func (m *screen) drawRow(at, inside int) string {
	th := m.theme
	n, name := m.figures(inside)
	row := &m.current().Rows[m.rows[at]]
	l := draw.NewLine(th, inside)
	if at == m.cursor().Cursor {
		l.Highlight(!m.reading)
		l.Paint(th.Accent, th.Cursor)
	} else {
		l.Gap(1)
	}
	style := th.Text
	switch {
	case row.Bad:
		style = th.Removed
	case row.Heading:
		style = th.Strong
	}
	title := th.OneLine(row.Name, name)
	if row.Telling > 0 {
		title = th.Charset.TruncateFrom(th.Charset.OneLine(draw.Clip(row.Name)), row.Telling, name-1)
	}
	l.Gap(1).Cell(style, title, name-1).Gap(1)
	for i := range n {
		figure, style := Figure{}, th.Text
		if i < len(row.Figures) {
			figure = row.Figures[i]
		}
		if figure.Waste {
			style = th.Waste
		}
		l.Figure(style, figure.Text, widthOf(m.current().Columns[i])-1).Gap(1)
	}
	return l.String()
}

// about is the text below the list.
func (m *screen) about() draw.Part {
	p := draw.Part{Top: m.text.Top, Count: m.text.Count}
	if row := m.row(); row != nil && !m.help {
		p.Title = []draw.Tab{{Text: m.theme.OneLine(row.Name, m.width), Active: m.reading}}
		p.Rows = m.textRows[m.text.Top:min(m.text.Top+m.lower(), len(m.textRows))]
	}
	return p
}

// sentence returns the one sentence for a screen that is too small.
func (m *screen) sentence() []string {
	var rows []string
	for _, part := range display.Wrap("tare needs 40 columns and 10 rows", m.width) {
		if len(rows) < m.height {
			rows = append(rows, draw.NewLine(m.theme, m.width).Add(m.theme.Text, part).String())
		}
	}
	return rows
}

// keyHelp is a key and what it does.
type keyHelp struct{ key, does string }

// keys are those that do something here.
func (m *screen) keysHere() []keyHelp {
	up := "↑↓"
	sides := "←→"
	if m.opt.ASCII {
		up, sides = "Up/Down", "Left/Right"
	}
	if len(m.shown.Lists) == 0 {
		return []keyHelp{{"?", "help"}, {"Esc", "leave"}}
	}
	all := []keyHelp{{up, "move"}, {sides, "lists"}}
	row, long := m.row(), len(m.textRows) > m.lower()
	opens := row != nil && row.Opens != ""
	switch {
	case opens:
		all = append(all, keyHelp{"Enter", "open"})
	case long:
		all = append(all, keyHelp{"Enter", "text"})
	}
	if opens && long {
		all = append(all, keyHelp{"Tab", "text"})
	}
	return append(all, keyHelp{"/", "filter"}, keyHelp{"s", "sort"}, keyHelp{"?", "help"}, keyHelp{"q", "quit"})
}

// helpRows are all keys.
func (m *screen) helpRows(inside int) (rows []string) {
	up := "↑ ↓ j k"
	if m.opt.ASCII {
		up = "Up Down j k"
	}
	for _, k := range []keyHelp{
		{up, "move; PgUp, PgDn, Home and End go further"}, {"1-9, h l", "another list"}, {"Enter", "open the image, or the text"}, {"Tab", "into the text and back"},
		{"/", "filter by name; Esc shows all"}, {"s", "sort by the next column"}, {"q", "quit; Esc, too"}, {"any key", "closes this"},
	} {
		rows = append(rows, draw.NewLine(m.theme, inside).Gap(2).Cell(m.theme.Accent, k.key, 14).Add(m.theme.Text, k.does).String())
	}
	return rows
}

// footer draws what is being done, or the keys.
func (m *screen) footer() string {
	th := m.theme
	l := draw.NewLine(th, m.width).Gap(1)
	if m.typing {
		l.Add(th.Accent, "/").AddWithin(th.Strong, th.OneLine(m.typed, m.width), l.Left()/2).Add(th.Accent, th.Caret)
		return l.Gap(2).Add(th.Dim, "Enter keeps it, Esc shows all").String()
	}
	if m.shown.Busy != "" && len(m.rows) > 0 { // else the list says it
		busy := th.Charset.OneLine(m.shown.Busy)
		l.AddWithin(th.Title, busy, l.Left()/2).Gap(2)
	}
	all := m.keysHere()
	last := all[len(all)-1]
	room := l.Left() - len(last.key) - len(last.does) - 3
	first := true
	for i, k := range all {
		w := display.Width(k.key) + 1 + display.Width(k.does) + 2
		if i < len(all)-1 {
			if w > room {
				continue
			}
			room -= w
		}
		if !first {
			l.Gap(2)
		}
		first = false
		l.Add(th.Accent, k.key).Gap(1).Add(th.Dim, k.does)
	}
	return l.String()
}
