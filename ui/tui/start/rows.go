package start

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// row is a row of the list: a part's title, something to say of it, or an item.
type row struct {
	part  int
	item  int    // -1 for none
	title bool   // the part's
	says  string // instead of items
}

// settle makes the rows anew, and holds the cursor on one that can be chosen.
func (m *list) settle() {
	on := row{part: -1}
	if m.cursor.Cursor < len(m.rows) {
		on = m.rows[m.cursor.Cursor]
	}
	m.rows = m.rows[:0]
	for i := range m.parts {
		m.addPart(i)
	}
	m.names = m.longest()
	m.cursor.Resize(len(m.rows), m.listHeight())
	if !m.moved {
		m.cursor.To(0) // in front of what came meanwhile
	}
	if m.moved && on.item >= 0 {
		for i, r := range m.rows { // what came meanwhile moves it away from nothing
			if r.part == on.part && r.item == on.item {
				m.cursor.To(i)
			}
		}
	}
	m.land(1)
}

// addPart adds the rows of a part.
func (m *list) addPart(i int) {
	p := &m.parts[i]
	if m.repeats(i) {
		return
	}
	var rows []row
	for n := range p.items {
		if m.fits(p, &p.items[n]) {
			rows = append(rows, row{part: i, item: n})
		}
	}
	switch {
	case len(rows) > 0:
	case p.ended && p.err != nil && !m.typing:
		rows = append(rows, row{part: i, item: -1, says: p.err.Error()})
	case !p.ended && m.late && !m.typing:
		rows = append(rows, row{part: i, item: -1, says: "no answer yet"})
	default:
		return
	}
	m.rows = append(append(m.rows, row{part: i, item: -1, title: true}), rows...)
}

// repeats reports whether a part is the same as one before it: Podman listens where Docker
// is expected, too, and then both are the same engine.
func (m *list) repeats(i int) bool {
	title, _, _ := strings.Cut(m.parts[i].title, ", ")
	for n := range i {
		if other, _, _ := strings.Cut(m.parts[n].title, ", "); other == title && len(m.parts[n].items) > 0 {
			return true
		}
	}
	return false
}

// fits reports whether an item has every word that was typed in its name or in what its
// part is called.
func (m *list) fits(p *part, item *Item) bool {
	title, _, _ := strings.Cut(p.title, ", ")
	text := strings.ToLower(item.Name + " " + title)
	for word := range strings.FieldsSeq(strings.ToLower(m.typed)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// land moves the cursor to a row with an item, first in a direction and then in the
// other. A title above the first item stays in sight.
func (m *list) land(direction int) {
	for _, step := range []int{direction, -direction} {
		for at := m.cursor.Cursor; at >= 0 && at < len(m.rows); at += step {
			if m.rows[at].item < 0 {
				continue
			}
			if at > 0 && m.rows[at-1].title && m.cursor.Top == at {
				m.cursor.To(at - 1)
			}
			m.cursor.To(at)
			return
		}
	}
}

func (m *list) move(rows int) {
	m.moved = true
	m.cursor.Move(rows)
	direction := 1
	if rows < 0 {
		direction = -1
		if m.cursor.Cursor == 0 {
			m.cursor.Top = 0
		}
	}
	m.land(direction)
}

// turn moves the cursor to the first item of the next part, or of the one before.
func (m *list) turn(direction int) {
	m.moved = true
	if len(m.rows) == 0 {
		return
	}
	here := m.rows[m.cursor.Cursor].part
	var firsts []int // rows
	now := 0
	for i, r := range m.rows {
		if r.item < 0 || i > 0 && m.rows[i-1].item >= 0 {
			continue
		}
		if r.part == here {
			now = len(firsts)
		}
		firsts = append(firsts, i)
	}
	if len(firsts) > 0 {
		m.cursor.To(firsts[(now+direction+len(firsts))%len(firsts)])
	}
}

// item is the one under the cursor, nil for none.
func (m *list) item() *Item {
	if m.cursor.Cursor >= len(m.rows) || m.rows[m.cursor.Cursor].item < 0 {
		return nil
	}
	r := m.rows[m.cursor.Cursor]
	return &m.parts[r.part].items[r.item]
}

func (m *list) wheel(mouse tea.Mouse) {
	switch mouse.Button {
	case tea.MouseWheelUp:
		m.move(-1)
	case tea.MouseWheelDown:
		m.move(1)
	}
}

// click moves the cursor; a second click on an item chooses it.
func (m *list) click(mouse tea.Mouse) tea.Cmd {
	at := m.cursor.Top + mouse.Y - listTop
	if mouse.Button != tea.MouseLeft || mouse.Y < listTop || mouse.Y >= listTop+m.cursor.Height || at >= len(m.rows) || m.rows[at].item < 0 {
		return nil
	}
	if at == m.cursor.Cursor && m.moved {
		return m.choose()
	}
	m.moved = true
	m.cursor.To(at)
	return nil
}

// count is how many items there are in the list.
func (m *list) count() (n int) {
	for _, r := range m.rows {
		if r.item >= 0 {
			n++
		}
	}
	return n
}

// longest is how many columns the longest name takes.
func (m *list) longest() (width int) {
	for i := range m.parts {
		for n := range m.parts[i].items {
			width = max(width, display.Width(m.theme.Charset.Escape(m.parts[i].items[n].Name)))
		}
	}
	return width
}

// box is the frame around the list.
func (m *list) box() draw.Box { return draw.Box{Y: 1, Width: m.width, Upper: m.listHeight()} }
