package screen

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

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

func (m *desk) solved() { m.say(good, m.solvedText()) }

func (m *desk) hint() tea.Cmd {
	text, err := m.s.Hint()
	if err != nil {
		return m.fail(err)
	}
	m.say(plain, text)
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
	m.say(plain, "The lesson begins again; "+m.keys.First(m.keys.Undo)+" brings back what you had.")
	return m.changed()
}

// changed takes the files in after the session has written them.
func (m *desk) changed() tea.Cmd {
	if m.reread() {
		return m.judge()
	}
	return nil
}

// solution shows a solution; asked again, it is written into the learner's files.
func (m *desk) solution() tea.Cmd {
	files, err := m.s.Solution()
	if err != nil {
		return m.fail(err)
	}
	if !m.shown {
		m.shown, m.work = true, true
		m.say(plain, "A solution. "+m.keys.First(m.keys.Solution)+" again writes it into your files, "+m.keys.First(m.keys.Escape)+" hides it.")
		return nil
	}
	m.shown = false
	if err := m.s.Write(files); err != nil {
		m.say(bad, err.Error())
		return nil
	}
	m.say(plain, "Your files hold the solution now; "+m.keys.First(m.keys.Undo)+" brings back what you had.")
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
