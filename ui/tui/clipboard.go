package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

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
