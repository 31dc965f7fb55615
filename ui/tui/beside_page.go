package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/beside"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// besideShown reports whether two images beside each other are what keys go to.
func (m *root) besideShown() bool { return m.besideOpen && m.page == nil && m.content == nil }

// openBeside shows the image beside the one before.
func (m *root) openBeside() {
	if m.beside == nil {
		m.notice = "there is nothing to compare with yet: build the image again, or open two with tare compare OLD NEW"
		return
	}
	m.besideOpen = true
}

// pressBeside handles a key while two images are shown beside each other, and reports whether it
// did. Keys that it leaves work as everywhere. Keys of the views below do nothing, because these
// cannot be seen.
func (m *root) pressBeside(msg tea.KeyPressMsg) bool {
	k := m.keys
	effect, done := m.beside.Press(k, msg)
	switch effect {
	case beside.Closed:
		m.besideOpen = false
	case beside.Filter:
		m.prompt = &prompt{kind: filterPrompt, of: m.beside}
		if text := m.beside.Filter(); text != "" {
			m.prompt.text = text + " "
		}
	case beside.Files:
		path := m.beside.Path()
		m.besideOpen = false
		m.goTo(path)
		m.notice = m.keys.First(k.Compare) + " goes back to the comparison"
	case beside.None:
	}
	return done || !key.Matches(msg, k.Help, k.Command, k.Reload, k.Mouse, k.Image, k.Build, k.Edit, k.Undo)
}

// besideHeader draws what is compared, and the figures of both.
func (m *root) besideHeader() []string {
	l := draw.NewLine(m.theme, m.width)
	if m.layout.header == 2 {
		second := draw.NewLine(m.theme, m.width).Gap(1)
		m.beside.Names(l.Gap(1).Add(m.theme.Title, "tare").Gap(2), m.width-1)
		m.beside.Figures(second)
		return []string{l.String(), second.String()}
	}
	if m.width < wideWidth {
		m.beside.Figures(l.Gap(1))
		return []string{l.String()}
	}
	room := m.beside.FiguresWidth(m.width - 40)
	m.beside.Names(l.Gap(1).Add(m.theme.Title, "tare").Gap(2), m.width-room-4)
	figures := draw.NewLine(m.theme, room)
	m.beside.Figures(figures)
	l.To(m.width - room - 1)
	return []string{l.Join(figures).String()}
}

// besideBindings are the keys that work there.
func (m *root) besideBindings() []key.Binding {
	k := m.keys
	if m.beside.Reads() {
		return []key.Binding{k.Brief(k.Escape, "back"), k.Together("scroll", k.Up, k.Down)}
	}
	does := "read"
	if m.beside.HasFolds() {
		does = "open, close"
	}
	leaves := "close"
	if m.beside.Filter() != "" {
		leaves = "clear the filter"
	}
	out := []key.Binding{k.Brief(k.Escape, leaves), k.Together("move", k.Up, k.Down), k.Brief(k.NextPane, "list"), k.Brief(k.Open, does), k.Brief(k.Filter, "filter"), k.Brief(k.Sort, "sort")}
	if m.beside.Path() != "" {
		out = append(out, k.Brief(k.Right, "its files"))
	}
	out = append(out, k.Together("show", k.Views[:3]...), k.Brief(k.Zoom, "whole screen"))
	if m.beside.Scrolls() {
		out = append(out, k.Together("scroll text", k.TextDown, k.TextUp))
	}
	return out
}
