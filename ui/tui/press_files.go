package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/viewer"
)

// pressFiles takes a key in that is about the files, whatever view has the
// focus, and reports whether it was one.
func (m *root) pressFiles(msg tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	k := m.keys
	toggle := func(word string) {
		m.view, m.right = m.files, true
		m.files.ToggleWord(word)
	}
	switch {
	case key.Matches(msg, k.Merged):
		m.files.ToggleMerged()
		m.view = m.files
		if !m.layout.split {
			m.right = true
		}
	case key.Matches(msg, k.Sort):
		m.view = m.files
		return m.files.SortNext(), true
	case key.Matches(msg, k.Collapse):
		m.files.Collapse()
	case key.Matches(msg, k.Attributes):
		m.files.ToggleAttributes()
	case key.Matches(msg, k.Added):
		toggle("no:added")
	case key.Matches(msg, k.Modified):
		toggle("no:modified")
	case key.Matches(msg, k.Deleted):
		toggle("no:deleted")
	case key.Matches(msg, k.Unchanged):
		toggle("no:unchanged")
	case key.Matches(msg, k.NextMatch, k.PrevMatch):
		m.nextMatch(key.Matches(msg, k.PrevMatch))
	case key.Matches(msg, k.Diff):
		return m.openContent(viewer.AsDiff), true
	case key.Matches(msg, k.Bytes):
		return m.openContent(viewer.AsBytes), true
	case key.Matches(msg, k.Save):
		return m.saveFile(false), true
	case key.Matches(msg, k.SaveAll):
		return m.saveAll(), true
	default:
		return nil, false
	}
	return nil, true
}

// nextMatch moves the cursor to the next match of the filter in the focused list, or to the one
// before. If the focused list has no filter, it moves among the files.
func (m *root) nextMatch(back bool) {
	list := m.focused()
	if !list.Seeks() {
		list = m.files
	}
	switch {
	case !list.Seeks():
		m.notice = "there is no search; " + m.keys.First(m.keys.Filter) + " starts one"
	case !list.Next(back):
		m.notice = "no more matches"
	}
}

// copy gives a text to the clipboard and says so, or says otherwise where there is none.
func (m *root) copy(text, said, otherwise string) tea.Cmd {
	if text == "" {
		m.notice = otherwise
		return nil
	}
	m.notice = said
	return tea.SetClipboard(text)
}

// shellQuote quotes a path for a shell. It returns "" for a path with control characters, which
// cannot be pasted safely.
func shellQuote(path string) string {
	for _, r := range path {
		if r < ' ' || r == 0x7f || r >= 0x80 && r <= 0x9f {
			return ""
		}
	}
	if path == "" || !strings.ContainsAny(path, " \"'$`\\*?[]{}()<>|&;#!~") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
