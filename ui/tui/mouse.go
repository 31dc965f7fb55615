package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/pane"
)

const wheelStep = 3 // rows

// at returns the pane under the pointer and the column that the pane is in.
func (m *root) at(x int) (p pane.Pane, b draw.Box, right bool) {
	switch {
	case !m.layout.split:
		return m.focused(), m.box(m.focused()), m.right
	case x >= m.layout.right.X:
		return m.view, m.box(m.view), true
	}
	return m.steps, m.box(m.steps), false
}

// click moves focus and cursor to the row under the pointer; a click on the row
// that has the cursor already opens it.
func (m *root) click(e tea.Mouse) {
	if e.Button != tea.MouseLeft || m.layout.tooSmall || m.page != nil || m.content != nil || m.prompt != nil {
		return
	}
	if m.besideOpen {
		m.beside.Click(e.X, e.Y-m.layout.header)
		return
	}
	if m.clickTime(e) {
		return
	}
	p, b, right := m.at(e.X)
	if e.Y == b.Y && m.clickTab(e.X-b.X, p, b, right) {
		return
	}
	l := p.Rows()
	row := e.Y - b.Y - 1 - (b.Upper - l.Height) // below border and heading
	focused := m.right == right
	if !focused {
		m.right, m.lower.top, m.turned = right, 0, true
	}
	if row < 0 || row >= l.Height || l.Top+row >= l.Count {
		return
	}
	if l.Top+row == l.Cursor && focused {
		p.Press(pane.KeyOpen)
		return
	}
	l.To(l.Top + row)
	m.lower.top, m.moved = 0, true
}

// clickTab shows the pane whose tab is at a column of the border, and reports whether
// there is one.
func (m *root) clickTab(column int, p pane.Pane, b draw.Box, right bool) bool {
	tabs, first := m.tabs(), 0
	switch {
	case !m.layout.split:
		tabs, first = m.allTabs(), 1
	case !right:
		return false
	}
	at := draw.TabAt(upperPart(p, tabs), b.Width, column) - first
	switch {
	case at < -first:
		return false
	case at < 0:
		m.right, m.lower.top, m.turned = false, 0, true
	case at < len(m.views):
		m.look(m.views[at].Pane)
	}
	return at >= -first && at < len(m.views)
}

// wheel scrolls what is under the pointer.
func (m *root) wheel(e tea.Mouse) {
	by := 0
	switch e.Button {
	case tea.MouseWheelDown:
		by = wheelStep
	case tea.MouseWheelUp:
		by = -wheelStep
	}
	if by == 0 || m.layout.tooSmall {
		return
	}
	if m.content != nil {
		m.content.Scroll(by)
		return
	}
	if m.page != nil {
		m.page.top += by
		return
	}
	if m.besideOpen {
		m.beside.Wheel(e.Y-m.layout.header, by)
		return
	}
	p, b, right := m.at(e.X)
	if b.Lower > 0 && e.Y > b.Y+b.Upper && m.right == right {
		m.lower.top += by
		return
	}
	p.Rows().Scroll(by)
}
