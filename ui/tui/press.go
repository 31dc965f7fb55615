package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/terminal"
)

// press handles a key. It tries the keys that work everywhere, then those of a page that covers the
// panes, then those of the focused pane.
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
	case m.layout.tooSmall:
		if key.Matches(msg, k.Quit) {
			m.halt()
			return tea.Quit
		}
		return nil
	case m.pressBuild(msg):
		return nil
	case m.content != nil:
		return m.pressContent(msg)
	case m.page != nil:
		return m.pressPage(msg)
	case m.besideOpen && m.pressBeside(msg):
		return nil
	case key.Matches(msg, k.Quit):
		m.halt()
		return tea.Quit
	case key.Matches(msg, k.Escape):
		m.escape()
	case key.Matches(msg, k.Command):
		m.prompt = &prompt{kind: commandPrompt}
		m.retyped()
	case key.Matches(msg, k.Reload):
		return m.reload()
	case key.Matches(msg, k.Filter):
		m.askFilter()
	case key.Matches(msg, k.Help):
		m.page = &overlay{kind: helpPage}
	case key.Matches(msg, k.Image):
		m.page = &overlay{kind: imagePage}
	case key.Matches(msg, k.Mouse):
		m.toggleMouse()
	case key.Matches(msg, k.Zoom):
		m.zoomed = !m.zoomed
		m.layout = m.newLayout()
	case key.Matches(msg, k.Earlier, k.Later):
		m.stepTime(key.Matches(msg, k.Earlier))
	case key.Matches(msg, k.Blame):
		return m.blame()
	case key.Matches(msg, k.Compare):
		m.openBeside()
	case key.Matches(msg, k.Explain):
		m.explain()
	case key.Matches(msg, k.Unfold, k.Fold):
		m.notice = m.focused().Level(key.Matches(msg, k.Unfold))
	case key.Matches(msg, k.NextPane):
		m.turn(1)
	case key.Matches(msg, k.PrevPane):
		m.turn(-1)
	case key.Matches(msg, k.CopyFix):
		return m.copy(m.edit(), "sent the fix to the clipboard", "there is no edit here to copy")
	case key.Matches(msg, k.CopyPath):
		return m.copy(shellQuote(m.files.Path()), "sent the path to the clipboard", "no file is selected")
	default:
		if m.pressView(msg) {
			return nil
		}
		if cmd, done := m.pressFiles(msg); done {
			return cmd
		}
		if cmd, done := m.pressAct(msg); done {
			return cmd
		}
		return m.pressPane(msg)
	}
	return nil
}

// askFilter opens the prompt for a filter of the focused list.
func (m *root) askFilter() {
	m.prompt = &prompt{kind: filterPrompt, of: m.focused()}
	if text := m.prompt.of.Filter(); text != "" {
		m.prompt.text = text + " "
	}
}

// explain shows the explanation of the rule whose finding is under the cursor.
func (m *root) explain() {
	rule := pane.Rule(m.focused())
	if rule == "" {
		m.notice = "no rule has found anything here"
		if _, _, ok := m.files.Directory(); ok && m.focused() == m.files {
			m.notice = "no rule has found anything below this directory; choose a file"
		}
		return
	}
	m.page = &overlay{kind: explainPage, rule: rule}
}

// escape undoes one thing: it gives up saving a file, else clears a filter, else stops the scan.
func (m *root) escape() {
	switch {
	case m.saving != nil:
		m.saving()
	case m.focused().Escape(), m.view.Escape():
	case m.travel.on:
		m.setTravel(false)
	default:
		m.halt()
	}
}

func (m *root) toggleMouse() {
	m.mouseOff = !m.mouseOff
	m.notice = "the mouse works here again"
	if m.mouseOff {
		m.notice = "the terminal has the mouse again, for selecting text"
	}
}

// halt ends the analysis, if it is still running.
func (m *root) halt() {
	m.progress.stopping = m.progress.running
	m.scan.stop()
}
