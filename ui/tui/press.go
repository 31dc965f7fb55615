package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/terminal"
	"github.com/tare-oci/tare/ui/tui/viewer"
)

// press takes a key in, as a chain: what works everywhere, what works on a page
// that covers the panes, what works in a pane.
func (m *root) press(msg tea.KeyPressMsg) tea.Cmd {
	k := m.keys
	m.notice = ""
	switch {
	case key.Matches(msg, k.Leave):
		if m.progress.running {
			m.outcome = ErrInterrupted
		}
		m.halt()
		return tea.Quit
	case key.Matches(msg, k.Suspend):
		return terminal.Suspend(m.released)
	case m.prompt != nil:
		return m.pressPrompt(msg)
	case key.Matches(msg, k.Quit):
		m.halt()
		return tea.Quit
	case m.layout.tooSmall:
		return nil
	case m.content != nil:
		return m.pressContent(msg)
	case m.page != nil:
		m.pressPage(msg)
		return nil
	case key.Matches(msg, k.Escape):
		m.escape()
	case key.Matches(msg, k.Command):
		m.prompt = &prompt{kind: commandPrompt}
		m.retyped()
	case key.Matches(msg, k.Reload):
		return m.reload()
	case key.Matches(msg, k.Filter):
		m.look(m.files)
		m.prompt = &prompt{kind: filterPrompt}
		if text := m.files.Filter(); text != "" {
			m.prompt.text = text + " "
		}
	case key.Matches(msg, k.Help):
		m.page = &overlay{kind: helpPage}
	case key.Matches(msg, k.Image):
		m.page = &overlay{kind: imagePage}
	case key.Matches(msg, k.Mouse):
		m.toggleMouse()
	case key.Matches(msg, k.NextPane):
		m.turn(1)
	case key.Matches(msg, k.PrevPane):
		m.turn(-1)
	case key.Matches(msg, k.CopyFix):
		return m.copy(pane.Pasteable(m.selected()), "the fix is sent to the clipboard", "there is no edit here to copy")
	case key.Matches(msg, k.CopyPath):
		return m.copy(shellQuote(m.files.Path()), "the path is sent to the clipboard", "no file is chosen")
	default:
		if m.pressView(msg) {
			return nil
		}
		if cmd, done := m.pressFiles(msg); done {
			return cmd
		}
		return m.pressPane(msg)
	}
	return nil
}

// escape goes back by one: a saving is given up, a filter cleared, a scan ended.
func (m *root) escape() {
	switch {
	case m.saving != nil:
		m.saving()
	case m.view.Escape():
	default:
		m.halt()
	}
}

func (m *root) toggleMouse() {
	m.mouseOff = !m.mouseOff
	m.notice = "the mouse works here again"
	if m.mouseOff {
		m.notice = "the mouse is the terminal's again, to select text with"
	}
}

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
		switch {
		case !m.files.Seeks():
			m.notice = "nothing is looked for; " + k.first(k.Filter) + " looks for files"
		case !m.files.Next(key.Matches(msg, k.PrevMatch)):
			m.notice = "no further match"
		}
	case key.Matches(msg, k.Diff):
		return m.openContent(viewer.AsDiff), true
	case key.Matches(msg, k.Save):
		return m.saveFile(false), true
	default:
		return nil, false
	}
	return nil, true
}

// halt ends the analysis, if it is still running.
func (m *root) halt() {
	m.progress.stopping = m.progress.running
	m.scan.stop()
}

// pressPane takes a key in that moves within the focused pane.
func (m *root) pressPane(msg tea.KeyPressMsg) tea.Cmd {
	k, p := m.keys, m.focused()
	before := p.Rows().Cursor
	if l := p.Rows(); travel(k, msg, l.Height, l.Count, l.Move) {
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
		return m.take(p.Press(pane.KeyOpen))
	case key.Matches(msg, k.Left):
		return m.take(p.Press(pane.KeyLeft))
	case key.Matches(msg, k.Right):
		return m.take(p.Press(pane.KeyRight))
	}
	return nil
}

// take does what a pane left to do of a key.
func (m *root) take(e pane.Effect) tea.Cmd {
	switch e {
	case pane.EffectRead:
		m.page = &overlay{kind: readPage}
	case pane.EffectOpen:
		return m.openContent(viewer.AsText)
	case pane.EffectFiles:
		m.toFiles()
	}
	return nil
}

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

// selected is the finding that the text below the focused list is about, nil where
// there is none: what Y copies the edit of.
func (m *root) selected() *model.Finding {
	if f, own := m.focused().Selected(); own {
		return f
	}
	return m.fixes.Chosen()
}

// pressPage takes a key in that scrolls or leaves the page over the panes.
func (m *root) pressPage(msg tea.KeyPressMsg) {
	k, p := m.keys, m.page
	switch {
	case travel(k, msg, m.pageHeight(), len(p.rows), func(n int) { p.top += n }):
	case key.Matches(msg, k.TextDown):
		p.top++
	case key.Matches(msg, k.TextUp):
		p.top--
	case key.Matches(msg, k.Escape, k.Open, k.Help, k.Image, k.Left):
		m.page = nil
	}
}

// travel moves by what a movement key says, and reports whether it was one.
func travel(k *keymap, msg tea.KeyPressMsg, height, count int, move func(n int)) bool {
	height = max(height, 1)
	switch {
	case key.Matches(msg, k.Up):
		move(-1)
	case key.Matches(msg, k.Down):
		move(1)
	case key.Matches(msg, k.PageUp):
		move(-height)
	case key.Matches(msg, k.PageDown):
		move(height)
	case key.Matches(msg, k.HalfUp):
		move(-max(height/2, 1))
	case key.Matches(msg, k.HalfDown):
		move(max(height/2, 1))
	case key.Matches(msg, k.Top):
		move(-count)
	case key.Matches(msg, k.Bottom):
		move(count)
	default:
		return false
	}
	return true
}

// turn gives the focus to another pane. With one column on the screen all panes
// take their turn, with two the sides change places.
func (m *root) turn(by int) {
	m.lower.top = 0
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
	m.view, m.right, m.lower.top = view, true, 0
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

func (m *root) copy(text, said, otherwise string) tea.Cmd {
	if text == "" {
		m.notice = otherwise
		return nil
	}
	m.notice = said
	return tea.SetClipboard(text)
}

// shellQuote quotes a path for a shell. A path with control characters cannot
// be pasted safely and gives nothing.
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
