package screen

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/keys"
	"github.com/tare-oci/tare/ui/tui/terminal"
)

// press takes a key in.
func (m *desk) press(msg tea.KeyPressMsg) tea.Cmd {
	k := m.keys
	switch {
	case key.Matches(msg, k.Leave):
		return m.leave(Left)
	case key.Matches(msg, k.Suspend) && (m.mode != editing && m.mode != typing || msg.Text == ""):
		return terminal.Suspend(m.released)
	}
	switch m.mode {
	case editing:
		return m.pressEditing(msg)
	case typing:
		return m.pressTyping(msg)
	case choosing:
		return m.pressChoosing(msg)
	case helping:
		return m.pressPage(msg, &m.help)
	case building:
		return m.pressBuilding(msg)
	}
	return m.pressReading(msg)
}

// leave ends the program, and a build that is under way.
func (m *desk) leave(outcome Outcome) tea.Cmd {
	m.stopBuild()
	m.outcome = outcome
	return tea.Quit
}

func (m *desk) pressReading(msg tea.KeyPressMsg) tea.Cmd {
	if m.hiddenWork(msg) {
		return nil
	}
	k := m.keys
	switch {
	case key.Matches(msg, k.Quit):
		return m.leave(Left)
	case key.Matches(msg, k.Help):
		m.mode, m.help = helping, draw.List{}
	case key.Matches(msg, k.Lessons):
		m.mode = choosing
		m.lessons.Resize(len(m.s.Lessons), m.height)
		m.lessons.To(m.s.At())
	case key.Matches(msg, k.Escape):
		m.shown = false
		m.say(plain, "")
	case key.Matches(msg, k.NextPane):
		m.work = !m.work
	case key.Matches(msg, k.Open):
		return m.enter()
	case key.Matches(msg, k.Look):
		return m.leave(Look)
	case key.Matches(msg, k.Hint):
		return m.hint()
	case key.Matches(msg, k.Next):
		return m.goTo(m.s.At() + 1)
	case key.Matches(msg, k.Back):
		return m.goTo(m.s.At() - 1)
	default:
		if cmd, done := m.pressWork(msg); done {
			return cmd
		}
		m.move(msg)
	}
	return nil
}

// pressWork takes a key in that does something to the learner's files.
func (m *desk) pressWork(msg tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	k := m.keys
	switch {
	case key.Matches(msg, k.Edit):
		return m.edit(), true
	case key.Matches(msg, k.Editor):
		return m.editOutside(), true
	case key.Matches(msg, k.Undo):
		return m.undo(), true
	case key.Matches(msg, k.Restart):
		return m.reset(), true
	case key.Matches(msg, k.Solution):
		return m.solution(), true
	case key.Matches(msg, k.Build):
		return m.build(), true
	}
	return nil, false
}

// hiddenWork shows the work first, where a question is about it and one pane has the
// screen, before the keys do something there.
func (m *desk) hiddenWork(msg tea.KeyPressMsg) bool {
	if q := m.s.Question(); q == nil || q.Answer.Kind() != "line" || m.twoPanes() || m.work {
		return false
	}
	if k := m.keys; key.Matches(msg, k.Up, k.Down, k.Open) {
		m.work = true
		return true
	}
	return false
}

// move scrolls the pane that has the keys: the stack while there is a question, or where
// it alone is on the screen. Pages are always the lesson's.
func (m *desk) move(msg tea.KeyPressMsg) {
	k, list, move := m.keys, &m.text, m.text.Scroll
	if m.work || m.twoPanes() && m.s.Question() != nil {
		list, move = &m.stack, m.stack.Move
	}
	switch {
	case key.Matches(msg, k.Select, k.PageDown):
		m.text.Scroll(m.text.Height)
	case key.Matches(msg, k.PageUp):
		m.text.Scroll(-m.text.Height)
	default:
		keys.Travel(k.Map, msg, list.Height, list.Count, move)
	}
}

// pressPage takes a key in that scrolls or leaves a page over the panes.
func (m *desk) pressPage(msg tea.KeyPressMsg, page *draw.List) tea.Cmd {
	if k := m.keys; !keys.Travel(k.Map, msg, page.Height, page.Count, page.Scroll) {
		m.mode = reading
	}
	return nil
}

func (m *desk) pressTyping(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		m.mode = reading
	case "enter":
		m.mode = reading
		return m.give(m.answer)
	case "backspace":
		if r := []rune(m.answer); len(r) > 0 {
			m.answer = string(r[:len(r)-1])
		}
	default:
		if len(m.answer) < maxAnswer {
			m.answer += strings.Map(func(r rune) rune {
				if display.Printable(r) {
					return r
				}
				return -1
			}, k.Text)
		}
	}
	return nil
}

// maxAnswer is how long an answer may be, in bytes.
const maxAnswer = 200

func (m *desk) pressChoosing(msg tea.KeyPressMsg) tea.Cmd {
	k := m.keys
	switch {
	case key.Matches(msg, k.Escape, k.Quit, k.Lessons):
		m.mode = reading
	case key.Matches(msg, k.Open):
		m.mode = reading
		return m.goTo(m.lessons.Cursor)
	default:
		keys.Travel(k.Map, msg, m.lessons.Height, m.lessons.Count, m.lessons.Move)
	}
	return nil
}
