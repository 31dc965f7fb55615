package lists

import (
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/terminal"
)

// press takes a key in.
func (m *screen) press(msg tea.KeyPressMsg) tea.Cmd {
	key := msg.String()
	switch key {
	case "ctrl+c", "f10":
		return tea.Quit
	case "ctrl+z":
		return terminal.Suspend(m.released)
	}
	if m.help {
		m.help = false
		return nil
	}
	if m.typing {
		m.write(key, msg.Text)
		return nil
	}
	switch key {
	case "q":
		return tea.Quit
	case "esc":
		return m.back()
	case "enter":
		return m.open()
	case "?":
		m.help = true
	case "/":
		m.typing, m.reading = true, false
	case "tab", "shift+tab":
		m.reading = !m.reading && len(m.textRows) > m.lower()
	case "s":
		m.sorted++
		if m.sorted > len(m.current().Columns) {
			m.sorted = -1
		}
	case "right", "l", "]":
		m.turn(m.list + 1)
	case "left", "h", "[":
		m.turn(m.list - 1)
	default:
		if len(key) == 1 && key[0] >= '1' && key[0] <= '9' {
			if n := int(key[0] - '1'); n < len(m.shown.Lists) {
				m.turn(n)
			}
			return nil
		}
		m.travel(key)
	}
	return nil
}

// travel moves the cursor, or the text where that is read.
func (m *screen) travel(key string) {
	c := m.cursor()
	page := max(c.Height-1, 1)
	move := c.Move
	if m.reading {
		page, move = max(m.text.Height-1, 1), m.text.Scroll
	}
	switch key {
	case "up", "k":
		move(-1)
	case "down", "j":
		move(1)
	case "pgup", "ctrl+b":
		move(-page)
	case "pgdown", "ctrl+f", "space":
		move(page)
	case "ctrl+u":
		move(-page / 2)
	case "ctrl+d":
		move(page / 2)
	case "home", "g":
		move(-c.Count - len(m.textRows))
	case "end", "G":
		move(c.Count + len(m.textRows))
	default:
		return
	}
	m.keep()
}

// keep remembers the row that the cursor was moved to.
func (m *screen) keep() {
	if row := m.row(); row != nil && !m.reading {
		if m.keys[m.list] != row.Key {
			m.text = draw.List{}
		}
		m.keys[m.list] = row.Key
	}
}

// turn shows another list.
func (m *screen) turn(to int) {
	if n := len(m.shown.Lists); n > 0 {
		m.list, m.chosen = (to+n)%n, true
		m.sorted, m.reading, m.text = -1, false, draw.List{}
	}
}

// back undoes the last thing that narrows what is seen, or leaves.
func (m *screen) back() tea.Cmd {
	switch {
	case m.reading:
		m.reading = false
	case m.typed != "":
		m.typed = ""
	default:
		return tea.Quit
	}
	return nil
}

// open chooses the row under the cursor, or goes into its text.
func (m *screen) open() tea.Cmd {
	row := m.row()
	switch {
	case row == nil:
	case row.Opens != "":
		m.opens = row.Opens
		return tea.Quit
	default:
		m.reading = len(m.textRows) > m.lower()
	}
	return nil
}

// write takes a key of the filter in.
func (m *screen) write(key, text string) {
	switch key {
	case "enter":
		m.typing = false
	case "esc":
		m.typing, m.typed = false, ""
	case "backspace", "ctrl+h":
		if m.typed == "" {
			m.typing = false
		}
		_, size := utf8.DecodeLastRuneInString(m.typed)
		m.typed = m.typed[:len(m.typed)-size]
	case "ctrl+u":
		m.typed = ""
	case "up", "down", "pgup", "pgdown", "home", "end":
		m.travel(key)
	default:
		m.typed += text
	}
}

func (m *screen) wheel(mouse tea.Mouse) {
	step := 0
	switch mouse.Button {
	case tea.MouseWheelUp:
		step = -1
	case tea.MouseWheelDown:
		step = 1
	}
	if mouse.Y > listTop+m.upper() {
		m.text.Scroll(step)
		return
	}
	m.cursor().Move(step)
	m.keep()
}

// click moves the cursor, or shows another list; a second click on a row opens it.
func (m *screen) click(mouse tea.Mouse) tea.Cmd {
	if mouse.Button != tea.MouseLeft {
		return nil
	}
	if mouse.Y == listTop-1 {
		if at := draw.TabAt(m.part(), m.width, mouse.X); at >= 0 {
			m.turn(at)
		}
		return nil
	}
	c := m.cursor()
	at := c.Top + mouse.Y - listTop - m.headRows()
	if mouse.Y < listTop+m.headRows() || mouse.Y >= listTop+m.headRows()+c.Height || at >= len(m.rows) {
		return nil
	}
	if at == c.Cursor {
		return m.open()
	}
	c.To(at)
	m.keep()
	return nil
}
