package screen

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/terminal"
)

// keyHelp is how the footer and the help page describe a key.
type keyHelp struct{ keys, short, long string }

// helps are the keys, the most useful first.
func (m *desk) helps() []keyHelp {
	enter := keyHelp{"e", "edit", "edit here; Esc ends it"}
	if q := m.s.Question(); q != nil && q.Answer.Kind() == "line" {
		enter = keyHelp{"Enter", "answer", "answer the question with the line under the cursor"}
	} else if q != nil {
		enter = keyHelp{"Enter", "type an answer", "type an answer to the question"}
	}
	return []keyHelp{
		enter,
		{"h", "hint", "a hint; each tells more than the one before"},
		{"n", "next", "the next lesson"},
		{"o", "look around", "look around in your image, in tare's own interface"},
		{"E", "your editor", "edit in $EDITOR; or change the file with any editor, it is watched"},
		{"S", "solution", "a solution, to compare with yours once it is solved"},
		{"u", "undo", "bring back the file as it was before the last edit, reset or solution"},
		{"R", "reset", "begin the lesson again"},
		{"Tab", "other pane", "from the lesson to the work and back; in the editor, to the other file"},
		{"p", "back", "the lesson before"},
		{"l", "lessons", "all lessons, and which are solved"},
	}
}

// press handles a key.
func (m *desk) press(k tea.KeyPressMsg) tea.Cmd {
	if k.String() == "ctrl+c" {
		return tea.Quit
	}
	if k.String() == "ctrl+z" {
		return terminal.Suspend(m.released)
	}
	switch m.mode {
	case editing:
		return m.pressEditing(k)
	case typing:
		return m.pressTyping(k)
	case choosing:
		return m.pressChoosing(k)
	case helping:
		m.mode = reading
		return nil
	}
	return m.pressReading(k)
}

func (m *desk) pressReading(k tea.KeyPressMsg) tea.Cmd {
	if m.hiddenWork(k) {
		return nil
	}
	switch k.String() {
	case "q":
		return tea.Quit
	case "?", "f1":
		m.mode = helping
	case "l":
		m.mode = choosing
		m.lessons.Resize(len(m.s.Lessons), m.height)
		m.lessons.To(m.s.At())
	case "esc":
		m.shown = false
		m.say(plain, "")
	case "tab":
		m.work = !m.work
	case "enter":
		return m.enter()
	case "e":
		return m.edit()
	case "E":
		return m.editOutside()
	case "o":
		m.outcome = Look
		return tea.Quit
	case "h":
		return m.hint()
	case "u":
		return m.undo()
	case "R":
		return m.reset()
	case "S":
		return m.solution()
	case "n":
		return m.goTo(m.s.At() + 1)
	case "p":
		return m.goTo(m.s.At() - 1)
	default:
		m.move(k)
	}
	return nil
}

// hiddenWork switches to the pane with the image if a question is about it but only the other pane
// is visible. It reports whether it did; then the key has no other effect.
func (m *desk) hiddenWork(k tea.KeyPressMsg) bool {
	if q := m.s.Question(); q == nil || q.Answer.Kind() != "line" || m.twoPanes() || m.work {
		return false
	}
	switch k.String() {
	case "up", "down", "k", "j", "enter":
		m.work = true
		return true
	}
	return false
}

// move scrolls the pane that the keys belong to: the stack of instructions while a question is
// open or no other pane is visible, else the lesson.
func (m *desk) move(k tea.KeyPressMsg) {
	list := &m.text
	if m.work || m.twoPanes() && m.s.Question() != nil {
		list = &m.stack
	}
	switch k.String() {
	case "up", "k":
		list.Move(-1)
	case "down", "j":
		list.Move(1)
	case "pgup":
		m.text.Scroll(-m.text.Height)
	case "pgdown", "space":
		m.text.Scroll(m.text.Height)
	case "home", "g":
		list.To(0)
	case "end", "G":
		list.To(list.Count - 1)
	}
}

// enter answers the question, or begins to edit.
func (m *desk) enter() tea.Cmd {
	q := m.s.Question()
	switch {
	case q == nil && m.s.Solved():
		return m.goTo(m.s.At() + 1)
	case q == nil:
		return m.edit()
	case q.Answer.Kind() != "line":
		m.mode, m.answer = typing, ""
		return nil
	}
	steps := m.steps()
	if m.stack.Cursor >= len(steps) {
		return nil
	}
	return m.give(fmt.Sprintf("line %d", steps[m.stack.Cursor].Line))
}

// give answers the question.
func (m *desk) give(text string) tea.Cmd {
	right, say, err := m.s.Answer(text)
	if err != nil {
		return m.fail(err)
	}
	if !right {
		m.say(bad, "Not quite. "+say)
		return nil
	}
	m.say(good, "Right. "+say)
	if m.s.Solved() {
		m.solved()
	}
	return nil
}

func (m *desk) solved() {
	text := "Solved. S shows a solution to compare with yours, n goes on."
	if l := m.s.Lesson(); l.Par > 0 {
		best := m.s.Progress.Lessons[l.Name].Best
		text = fmt.Sprintf("Solved. Your best is %s, par is %s.", display.Bytes(best), display.Bytes(l.Par))
	}
	m.say(good, text)
}

func (m *desk) hint() tea.Cmd {
	text, number, err := m.s.Hint()
	if err != nil {
		return m.fail(err)
	}
	m.say(plain, fmt.Sprintf("Hint %d of %d: %s", number, len(m.s.Lesson().Hints), text))
	return nil
}

func (m *desk) undo() tea.Cmd {
	done, err := m.s.Undo()
	if err != nil {
		m.say(bad, err.Error())
		return nil
	}
	if !done {
		m.say(plain, "There is nothing to take back.")
		return nil
	}
	m.say(plain, "Your files are as they were before.")
	return m.changed()
}

func (m *desk) reset() tea.Cmd {
	if err := m.s.Reset(); err != nil {
		m.say(bad, err.Error())
		return nil
	}
	m.say(plain, "The lesson begins again; u brings back what you had.")
	return m.changed()
}

// changed updates the screen after the session has written files.
func (m *desk) changed() tea.Cmd {
	if m.reread() {
		return m.judge()
	}
	return nil
}

// solution shows the solution. If it is shown already, it goes into the learner's files.
func (m *desk) solution() tea.Cmd {
	files, err := m.s.Solution()
	if err != nil {
		return m.fail(err)
	}
	if !m.shown {
		m.shown, m.work = true, true
		m.say(plain, "A solution. S again writes it into your files, Esc hides it.")
		return nil
	}
	m.shown = false
	if err := m.s.Write(files); err != nil {
		m.say(bad, err.Error())
		return nil
	}
	m.say(plain, "Your files hold the solution now; u brings back what you had.")
	return m.changed()
}

func (m *desk) goTo(i int) tea.Cmd {
	if i < 0 || i >= len(m.s.Lessons) {
		m.say(plain, "There is no other lesson there. tare learn code NAME prints a code for your teacher.")
		return nil
	}
	if err := m.s.Enter(m.ctx, i); err != nil {
		return m.fail(err)
	}
	m.open()
	return m.judge()
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

func (m *desk) pressChoosing(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc", "q", "l":
		m.mode = reading
	case "up", "k":
		m.lessons.Move(-1)
	case "down", "j":
		m.lessons.Move(1)
	case "enter":
		m.mode = reading
		return m.goTo(m.lessons.Cursor)
	}
	return nil
}

// edit opens the small editor, which gets the keys from then on.
func (m *desk) edit() tea.Cmd {
	if m.reread() {
		m.judged++
	}
	if err := m.s.Write(m.files); err != nil { // so that undo brings back what was there
		m.say(bad, err.Error())
		return nil
	}
	m.mode, m.work, m.shown = editing, true, false
	return m.load(m.file)
}

// load puts a file into the editor.
func (m *desk) load(name string) tea.Cmd {
	m.file = name
	m.editor.SetValue(strings.TrimSuffix(m.files[name], "\n"))
	m.editor.MoveToBegin()
	return m.editor.Focus()
}

func (m *desk) pressEditing(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		m.mode = reading
		m.editor.Blur()
		return nil
	case "tab":
		names := m.s.Lesson().Start.Names()
		if len(names) > 1 {
			return m.load(names[(slices.Index(names, m.file)+1)%len(names)])
		}
		k = tea.KeyPressMsg{Code: ' ', Text: "    "}
	}
	before := m.editor.Value()
	var cmd tea.Cmd
	m.editor, cmd = m.editor.Update(k)
	if m.editor.Value() == before {
		return cmd
	}
	m.files[m.file] = m.editor.Value() + "\n"
	m.judged++
	m.say(plain, "")
	if err := m.s.Keep(m.files); err != nil {
		m.say(bad, err.Error())
	}
	return tea.Batch(cmd, m.typed())
}

// editOutside opens the file in the learner's editor.
func (m *desk) editOutside() tea.Cmd {
	if m.opt.Editor == nil {
		m.say(bad, "Set $EDITOR to the name of an editor; or press e to edit here.")
		return nil
	}
	cmd, err := m.opt.Editor(m.s.File(m.file))
	if err != nil {
		m.say(bad, err.Error())
		return nil
	}
	if err := m.s.Write(m.files); err != nil {
		m.say(bad, err.Error())
		return nil
	}
	return terminal.Lend(cmd, m.released, func(err error) tea.Msg { return editedMsg{err} })
}
