package tui

import (
	"github.com/tare-oci/tare/ui/tui/pane"
)

// turn moves the focus to the next pane. If there is one column on the screen, it goes through all
// panes; if there are two, it goes to the other side.
func (m *root) turn(by int) {
	m.lower.top, m.turned = 0, true
	if m.layout.split {
		m.right = !m.right
		return
	}
	panes := m.panes()
	at := 0
	for i, p := range panes {
		if p == m.focused() {
			at = i
		}
	}
	at = (at + by + len(panes)) % len(panes)
	if m.right = at > 0; m.right {
		m.view = panes[at]
	}
}

// look brings a view to the front and gives it the focus.
func (m *root) look(view pane.Pane) {
	m.view, m.right, m.lower.top, m.turned = view, true, 0, true
}

// toFiles goes from a fix to the files it is about.
func (m *root) toFiles() {
	f := m.fixes.Chosen()
	if f == nil || f.Layer == nil {
		m.notice = "this finding is not about files"
		return
	}
	m.steps.Choose(*f.Layer)
	m.look(m.files)
	m.files.Follow(m.steps.Chosen())
	if len(f.Paths) > 0 {
		m.files.Reveal(f.Paths[0])
	}
}

// edit returns the text that Y copies: the edit that the text below the focused list is about, ""
// if it is about none.
func (m *root) edit() string {
	if f, own := m.focused().Selected(); own && m.focused() != m.fixes {
		return pane.Pasteable(f)
	}
	return m.fixes.Pasteable()
}
