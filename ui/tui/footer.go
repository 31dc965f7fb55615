package tui

import (
	"charm.land/bubbles/v2/key"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// footer draws the keys that do something at the moment, as many as fit. After a key that has a
// message, it draws the message instead, until the next key.
func (m *root) footer() string {
	if m.prompt != nil {
		return m.promptLine()
	}
	l := draw.NewLine(m.theme, m.width).Gap(1)
	if m.notice != "" {
		return l.Add(m.theme.Accent, m.notice).String()
	}
	bindings := m.bindings()
	last := bindings[len(bindings)-2:] // help and quit stay whatever the width
	room := m.width - 2
	for _, b := range last {
		room -= bindingWidth(b) + 2
	}
	for i, b := range bindings {
		if i < len(bindings)-len(last) {
			if bindingWidth(b) > room {
				continue
			}
			room -= bindingWidth(b) + 2
		}
		if l.Used > 1 {
			l.Gap(2)
		}
		l.Add(m.theme.Accent, b.Help().Key).Gap(1).Add(m.theme.Dim, b.Help().Desc)
	}
	return l.String()
}

// longNotice returns the message about the last key in as many rows as it needs; nil if one row is
// enough.
func (m *root) longNotice() (rows []string) {
	if m.prompt != nil || display.Width(m.notice) <= m.width-2 {
		return nil
	}
	parts := display.Wrap(m.notice, m.width-2)
	for _, part := range parts[:min(len(parts), m.height/2)] {
		rows = append(rows, draw.NewLine(m.theme, m.width).Gap(1).Add(m.theme.Accent, part).String())
	}
	return rows
}

func bindingWidth(b key.Binding) int {
	return display.Width(b.Help().Key) + 1 + display.Width(b.Help().Desc)
}

// bindings are the keys that work here, the most useful first.
func (m *root) bindings() []key.Binding {
	k := m.keys
	leave := "quit"
	if m.content != nil || m.page != nil || m.besideOpen {
		leave = "close"
	}
	last := []key.Binding{k.Brief(k.Help, "help"), k.Brief(k.Quit, leave)}
	if m.content != nil {
		return append([]key.Binding{
			k.Brief(k.Escape, "back"), k.Together("scroll", k.Up, k.Down), k.Brief(k.Filter, "search"), k.Brief(k.Bytes, "text or bytes"), k.Brief(k.Diff, "what changed"),
			k.Brief(k.Save, "save"), k.Brief(k.CopyPath, "copy path"),
		}, last...)
	}
	if m.page != nil && m.page.kind == proposalPage && m.desk.proposal.Diff != "" {
		does := "write it"
		if !m.seen() {
			does = "read on, then write"
		}
		return append([]key.Binding{k.Brief(k.Open, does), k.Brief(k.Escape, "leave the file alone"), k.Together("scroll", k.Up, k.Down)}, last...)
	}
	if m.page != nil && m.page.kind == buildPage && !m.desk.build.Ended {
		return append([]key.Binding{k.Brief(k.Escape, "stop the build"), k.Together("scroll", k.Up, k.Down)}, last...)
	}
	if m.page != nil {
		return append([]key.Binding{k.Brief(k.Escape, "back"), k.Together("scroll", k.Up, k.Down)}, last...)
	}
	if m.besideOpen {
		return append(m.besideBindings(), last...)
	}
	var out []key.Binding
	if m.progress.running {
		out = append(out, k.Brief(k.Escape, "stop and keep"))
	}
	out = append(out, k.Together("move", k.Up, k.Down), k.Brief(k.NextPane, "pane"))
	if m.travel.on {
		out = append(out, k.Together("step of the build", k.Earlier, k.Later), k.Brief(k.Escape, "leave"))
	}
	out = append(out, m.paneBindings()...)
	out = append(out, k.Together("view", k.Views...))
	if m.textScrolls() {
		out = append(out, k.Together("scroll text", k.TextDown, k.TextUp))
	}
	return append(append(out, k.Brief(k.Image, "image")), last...)
}

// paneBindings are the keys that mean something in the focused pane.
func (m *root) paneBindings() []key.Binding {
	var out []key.Binding
	for _, h := range m.focused().Hints() {
		all := make([]key.Binding, len(h.Actions))
		for i, name := range h.Actions {
			all[i] = m.keys.Named(name)
		}
		out = append(out, m.keys.Together(h.Does, all...))
	}
	return out
}
