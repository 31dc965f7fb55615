package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// settle brings the parts of the screen into agreement after a change: the lists
// get their heights, the files those of the chosen instruction, and the texts
// describe the rows under the cursors.
func (m *root) settle() tea.Cmd {
	if m.layout.tooSmall || m.width == 0 {
		return nil
	}
	for _, p := range m.panes() {
		p.SetWidth(m.box(p).Inner())
	}
	focused := m.focused()
	leads := focused.Lead(m.steps)
	for _, p := range m.panes() {
		if p != focused || !leads {
			p.Follow(m.steps.Chosen())
		}
	}
	cmd := m.view.Load(m.fixes.Chosen())
	m.listRows = m.rowsWanted()
	for _, p := range m.panes() {
		m.fit(p, m.box(p))
	}
	if m.content != nil {
		m.content.Settle(m.pageWidth(), m.pageHeight())
		return cmd
	}
	if m.page != nil {
		m.write(m.page, m.pageWidth())
		if m.page.follow {
			m.page.top = len(m.page.rows)
		}
		m.page.top = max(0, min(m.page.top, len(m.page.rows)-m.pageHeight()))
		return cmd
	}
	if m.besideOpen {
		m.beside.Resize(m.width, m.pageHeight()+2)
		return cmd
	}
	m.lower.left = drawText(m.theme, m.steps, m.box(m.steps))
	m.lower.right = drawText(m.theme, m.view, m.box(m.view))
	text, b := m.focusedText()
	m.lower.top = max(0, min(m.lower.top, len(text.rows)-b.Lower))
	return cmd
}

func (m *root) fit(p pane.Pane, b draw.Box) {
	p.Rows().Resize(p.Rows().Count, b.Upper-len(m.aboveList(p, b)))
}

func drawText(th *draw.Theme, p pane.Pane, b draw.Box) drawnText {
	if b.Lower == 0 || p.Rows().Count == 0 {
		return drawnText{}
	}
	page := &draw.Page{Theme: th, Width: max(b.Inner()-2, 1)}
	title := p.Read(page)
	return drawnText{title, page.Rows}
}

// box is the column that a pane has, or would have.
func (m *root) box(p pane.Pane) draw.Box {
	b := m.layout.left
	if m.layout.split && p != m.steps {
		b = m.layout.right
	}
	if p.Tall() {
		return b.Taller()
	}
	return shorter(b, m.listRows)
}

// rowsWanted is how many rows the lists on the screen need that have a text below them:
// the columns are divided at one height.
func (m *root) rowsWanted() (rows int) {
	for _, p := range []pane.Pane{m.steps, m.view} {
		if (m.layout.split || p == m.focused()) && !p.Tall() {
			b := m.layout.left
			if m.layout.split && p != m.steps {
				b = m.layout.right
			}
			rows = max(rows, p.Rows().Count+len(m.aboveList(p, b)))
		}
	}
	return rows
}

// focusedText is the text below the focused list, and its column.
func (m *root) focusedText() (*drawnText, draw.Box) {
	if m.right {
		return &m.lower.right, m.box(m.view)
	}
	return &m.lower.left, m.box(m.steps)
}

// textScrolls reports whether the text below the focused list is longer than
// its place.
func (m *root) textScrolls() bool {
	text, b := m.focusedText()
	return b.Lower > 0 && len(text.rows) > b.Lower
}

func (m *root) pageWidth() int { return m.width - 4 }

func (m *root) pageHeight() int {
	return m.height - m.layout.header - 3 - m.below()
}
