package tui

import (
	"charm.land/bubbles/v2/key"

	"github.com/tare-oci/tare/ui/display"
)

// footer draws the keys that do something here and now, as many as fit, or for
// one key's time what the last key did.
func (m *root) footer() string {
	if m.prompt != nil {
		return m.promptLine()
	}
	l := newLine(m.theme, m.width).gap(1)
	if m.notice != "" {
		return l.add(m.theme.accent, m.notice).String()
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
		if l.used > 1 {
			l.gap(2)
		}
		l.add(m.theme.accent, b.Help().Key).gap(1).add(m.theme.dim, b.Help().Desc)
	}
	return l.String()
}

func bindingWidth(b key.Binding) int {
	return display.Width(b.Help().Key) + 1 + display.Width(b.Help().Desc)
}

// bindings are the keys that work here, the most useful first.
func (m *root) bindings() []key.Binding {
	k := m.keys
	quit := short(k.Quit, "", "quit")
	help := short(k.Help, "", "help")
	if m.content != nil {
		return []key.Binding{short(k.Escape, "", "back"), m.upDown("scroll"), short(k.Bytes, "", "text or bytes"), short(k.Diff, "", "what changed"),
			short(k.Save, "", "save"), short(k.CopyPath, "", "copy path"), help, quit}
	}
	if m.page != nil {
		return []key.Binding{short(k.Escape, "", "back"), m.upDown("scroll"), help, quit}
	}
	var out []key.Binding
	if m.progress.running {
		out = append(out, short(k.Escape, "", "stop and keep"))
	}
	out = append(out, m.upDown("move"), short(k.NextPane, "", "pane"))
	switch p := m.focused(); {
	case p == m.steps:
		if s := m.steps.chosen(); s != nil && s.base {
			out = append(out, short(k.Open, firstWord(k.Open), "open the base"))
		} else {
			out = append(out, short(k.Open, firstWord(k.Open), "read"))
		}
	case p == m.fixes && m.fixes.chosen() != nil:
		if m.fixes.copyable() != "" {
			out = append(out, short(k.CopyFix, "", "copy fix"))
		}
		out = append(out, short(k.Open, firstWord(k.Open), "read"), short(k.Right, firstWord(k.Right), "its files"))
	case (p == m.packages || p == m.dockerfile || p == m.config) && p.rows().count > 0:
		if pasteable(m.shown()) != "" {
			out = append(out, short(k.CopyFix, "", "copy fix"))
		}
		does := "read"
		if n := m.packages.chosen(); p == m.packages && n != nil && len(n.children) > 0 {
			does = "open"
		}
		out = append(out, short(k.Open, firstWord(k.Open), does))
	case p == m.files && m.files.chosen() != nil:
		out = append(out, short(k.Open, firstWord(k.Open), "open"), short(k.Filter, "", "filter"), short(k.Sort, "", "sort"))
		if m.files.query != nil {
			out = append(out, short(k.NextMatch, "n N", "match"), short(k.Escape, "", "clear"))
		}
		whole := "all up to here"
		if m.merged {
			whole = "this layer alone"
		}
		out = append(out, short(k.Merged, "", whole), short(k.CopyPath, "", "copy path"))
		if _, ok := m.chosenFile(); ok {
			out = append(out, short(k.Diff, "", "changed"), short(k.Save, "", "save"))
		}
	}
	out = append(out, short(k.Fixes, "1-5", "view"))
	if m.textScrolls() {
		out = append(out, short(k.TextDown, k.TextDown.Help().Key+" "+k.TextUp.Help().Key, "scroll text"))
	}
	return append(out, short(k.Image, "", "image"), help, quit)
}

// upDown is the footer's one entry for two keys.
func (m *root) upDown(does string) key.Binding {
	return short(m.keys.Up, firstWord(m.keys.Up)+firstWordJoin(m.theme.ascii)+firstWord(m.keys.Down), does)
}

func firstWordJoin(ascii bool) string {
	if ascii {
		return "/"
	}
	return ""
}

func firstWord(b key.Binding) string {
	text := b.Help().Key
	for i, r := range text {
		if r == ' ' {
			return text[:i]
		}
	}
	return text
}
