package tui

import (
	"cmp"
	"slices"

	"charm.land/bubbles/v2/key"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// narrowFooter is the width below which the footer fits only a few keys. There the keys that act
// come first, and the arrows come last.
const narrowFooter = 60

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
	first, last := m.bindings() // the last stay whatever the width
	room := m.width - 2
	if said, does := m.buildSaid(); said != "" {
		l.AddWithin(m.theme.Strong, said, room)
		room -= display.Width(said) + 2
		first = append([]key.Binding{m.keys.Brief(m.keys.Build, does)}, first...)
	}
	for _, b := range last {
		room -= bindingWidth(b) + 2
	}
	var shown []key.Binding
	for _, b := range first {
		if bindingWidth(b) <= room {
			room -= bindingWidth(b) + 2
			shown = append(shown, b)
		}
	}
	for _, b := range append(shown, last...) {
		if l.Used > 1 {
			l.Gap(2)
		}
		l.Add(m.theme.Accent, b.Help().Key).Gap(1).Add(m.theme.Dim, b.Help().Desc)
	}
	return l.String()
}

// longNotice returns the message about the last key, or a question with the keys that answer it, in
// as many rows as it needs; nil if one row is enough.
func (m *root) longNotice() (rows []string) {
	text := m.notice
	if m.prompt != nil {
		text = m.prompt.ask
	}
	if display.Width(text) <= m.width-2 {
		return nil
	}
	parts := display.Wrap(text, m.width-2)
	for _, part := range parts[:min(len(parts), m.height/2)] {
		rows = append(rows, draw.NewLine(m.theme, m.width).Gap(1).Add(m.theme.Accent, part).String())
	}
	return rows
}

func bindingWidth(b key.Binding) int {
	return display.Width(b.Help().Key) + 1 + display.Width(b.Help().Desc)
}

// bindings are the keys that work here, the most useful first, and the last ones, which
// are always shown.
func (m *root) bindings() (first, last []key.Binding) {
	k := m.keys
	if m.content == nil && m.page == nil && !m.besideOpen {
		return m.listBindings(), []key.Binding{k.Brief(k.Help, "help"), k.Brief(k.Quit, cmp.Or(m.opt.Leaving, "quit"))}
	}
	last = []key.Binding{k.Brief(k.Help, "help")}
	if m.width >= narrowFooter { // elsewhere Esc is enough
		closes := "close"
		if m.buildShown() && m.building() {
			closes = "leave it running"
		}
		last = append(last, k.Brief(k.Quit, closes))
	}
	switch {
	case m.content != nil:
		first = []key.Binding{
			k.Brief(k.Escape, "back"), k.Together("scroll", k.Up, k.Down), k.Brief(k.Filter, "search"), k.Brief(k.Bytes, "text or bytes"), k.Brief(k.Diff, "what changed"),
			k.Brief(k.Save, "save"), k.Brief(k.CopyPath, "copy path"),
		}
	case m.page != nil:
		first = m.pageBindings()
	default:
		first = m.besideBindings()
	}
	return first, last
}

// pageBindings are the keys that work on the page over the panes.
func (m *root) pageBindings() []key.Binding {
	k := m.keys
	out := []key.Binding{k.Brief(k.Escape, "back")}
	switch {
	case m.page.kind == proposalPage && m.desk.proposal.Diff != "":
		does, leaves := "write it", "leave the file alone"
		if !m.seen() {
			does = "read on, then write"
		}
		if m.width < narrowFooter {
			leaves = "back"
			if !m.seen() {
				does = "read on"
			}
		}
		out = []key.Binding{k.Brief(k.Open, does), k.Brief(k.Escape, leaves)}
	case m.page.kind == buildPage && !m.desk.build.Ended:
		out = []key.Binding{k.Brief(k.Escape, "stop the build")}
	}
	return append(append(m.answerBinding(), out...), k.Together("scroll", k.Up, k.Down))
}

// listBindings are the keys that work in the lists.
func (m *root) listBindings() (out []key.Binding) {
	k := m.keys
	filtered := m.focused().Filter() != ""
	if m.progress.running && !filtered && !m.travel.on { // Esc goes back by one
		out = append(out, k.Brief(k.Escape, "stop and keep"))
	}
	out = append(out, m.answerBinding()...)
	move := k.Together("move", k.Up, k.Down)
	if m.width >= narrowFooter {
		out = append(out, move, k.Brief(k.NextPane, "pane"))
	}
	switch {
	case filtered:
		out = append(out, k.Together("match", k.NextMatch, k.PrevMatch), k.Brief(k.Escape, "clear the filter"))
	case m.travel.on:
		does := "step of the build"
		if m.width < narrowFooter {
			does = "step"
		}
		out = append(out, k.Together(does, k.Earlier, k.Later), k.Brief(k.Escape, "leave"))
	}
	own := m.paneBindings()
	if m.width < narrowFooter {
		one := min(len(own), 1)
		out = append(append(out, own[:one]...), k.Brief(k.NextPane, "pane"))
		return append(append(out, own[one:]...), move)
	}
	out = append(out, own...)
	out = append(out, k.Together("view", k.Views...))
	if m.textScrolls() {
		out = append(out, k.Together("scroll text", k.TextDown, k.TextUp))
	}
	return append(out, k.Brief(k.Image, "image"))
}

// answerBinding is the key that answers the question with what is under the cursor.
func (m *root) answerBinding() []key.Binding {
	if said := m.reply(); said != "" {
		return []key.Binding{m.keys.Brief(m.keys.Open, "answer: "+m.theme.OneLine(said, maxSaid))}
	}
	return nil
}

// maxSaid is how many columns of an answer the footer shows.
const maxSaid = 40

// paneBindings are the keys that mean something in the focused pane.
func (m *root) paneBindings() []key.Binding {
	var out []key.Binding
	answers := m.reply() != ""
	for _, h := range m.focused().Hints() {
		if answers && slices.Equal(h.Actions, []string{"open"}) {
			continue // Enter answers the question here
		}
		all := make([]key.Binding, len(h.Actions))
		for i, name := range h.Actions {
			all[i] = m.keys.Named(name)
		}
		out = append(out, m.keys.Together(h.Does, all...))
	}
	return out
}
