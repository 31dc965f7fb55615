package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/keys"
	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/viewer"
)

// pressView takes the key of a view in, and reports whether it was one.
func (m *root) pressView(msg tea.KeyPressMsg) bool {
	for i := range m.views {
		if key.Matches(msg, m.keys.Views[i]) {
			m.look(m.views[i].Pane)
			return true
		}
	}
	return false
}

// pressPane takes a key in that moves within the focused pane.
func (m *root) pressPane(msg tea.KeyPressMsg) tea.Cmd {
	k, p := m.keys, m.focused()
	before := p.Rows().Cursor
	if l := p.Rows(); keys.Travel(k, msg, l.Height, l.Count, l.Move) {
		if l.Cursor != before {
			m.lower.top, m.moved = 0, true
		}
		return nil
	}
	switch {
	case key.Matches(msg, k.TextDown):
		m.lower.top++ // settle holds it back at the end
	case key.Matches(msg, k.TextUp):
		m.lower.top--
	case key.Matches(msg, k.Open):
		if cmd, asked := m.answer(); asked {
			return cmd
		}
		return m.take(p.Press(pane.KeyOpen))
	case key.Matches(msg, k.Left):
		return m.take(p.Press(pane.KeyLeft))
	case key.Matches(msg, k.Right):
		return m.take(p.Press(pane.KeyRight))
	}
	return nil
}

// take carries out what a pane asks of the root after a key.
func (m *root) take(e pane.Effect) tea.Cmd {
	switch e {
	case pane.EffectRead:
		m.page = &overlay{kind: readPage}
	case pane.EffectOpen:
		return m.openContent(viewer.AsText)
	case pane.EffectFiles:
		m.toFiles()
	case pane.EffectWrite:
		return m.openChange()
	}
	return nil
}

// pressPage takes a key in that scrolls or leaves the page over the panes.
func (m *root) pressPage(msg tea.KeyPressMsg) tea.Cmd {
	k, p := m.keys, m.page
	if p.kind == proposalPage {
		if cmd, done := m.pressProposal(msg); done {
			return cmd
		}
	}
	if p.kind == imagePage && key.Matches(msg, k.Open) {
		if cmd, asked := m.answer(); asked {
			return cmd
		}
	}
	top := p.top
	switch {
	case keys.Travel(k, msg, m.pageHeight(), len(p.rows), func(n int) { p.top += n }):
	case key.Matches(msg, k.TextDown):
		p.top++
	case key.Matches(msg, k.TextUp):
		p.top--
	case p.kind == buildPage && !m.desk.build.Ended && key.Matches(msg, k.Escape):
		m.desk.build.Stop()
	case key.Matches(msg, k.Escape, k.Open, k.Help, k.Image, k.Left, k.Quit):
		m.page = nil
	}
	p.follow = p.follow && p.top >= top
	return nil
}
