package screen

import (
	"fmt"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// message is what came of the last key, and below it what is to be done.
func (m *desk) message() []string {
	most := 4
	if m.height < 20 {
		most = 2
	}
	taskStyle, task := m.task()
	todo := m.wrapped(taskStyle, task)
	todo = todo[:min(len(todo), 2)]
	said := m.wrapped(m.saidStyle(), m.said)
	if m.mode == typing || m.mode == building {
		said = nil
	}
	if room := most - len(todo); len(said) > room { // what came of it is news
		said = said[:min(len(said), most)]
		todo = todo[:max(most-len(said), 0)]
	}
	return append(said, todo...)
}

// wrapped is a text in as many rows as it takes.
func (m *desk) wrapped(style lipgloss.Style, text string) (rows []string) {
	if text == "" {
		return nil
	}
	for _, part := range display.Wrap(m.theme.Charset.Escape(text), max(m.width-2, 1)) {
		rows = append(rows, draw.NewLine(m.theme, m.width).Gap(1).Add(style, part).String())
	}
	return rows
}

func (m *desk) saidStyle() lipgloss.Style {
	switch m.tone {
	case good:
		return m.theme.Added
	case bad:
		return m.theme.Removed
	}
	return m.theme.Text
}

// task is what is to be done, "" where what was said is enough.
func (m *desk) task() (lipgloss.Style, string) {
	q := m.s.Question()
	switch {
	case m.mode == building:
		return m.theme.Text, ""
	case m.mode == typing:
		return m.theme.Accent, m.s.Fill(q.Ask) + "  " + m.answer + m.theme.Caret
	case q != nil && m.mode == editing && m.verdict != nil && !m.verdict.Passed():
		return m.wanting()
	case q != nil && m.mode == editing && m.verdict != nil:
		return m.theme.Added, "That solves it; the question is left, Esc goes back to it."
	case q != nil:
		return m.theme.Accent, "Question: " + m.s.Fill(q.Ask)
	case m.verdict == nil:
		return m.theme.Dim, "counting"
	case m.verdict.Passed() && m.said == "":
		return m.theme.Added, m.solvedText()
	case m.verdict.Passed():
		return m.theme.Text, ""
	}
	return m.wanting()
}

// wanting is what the learner's files still want, or why no builder would build them.
func (m *desk) wanting() (lipgloss.Style, string) {
	say := m.s.Fill(m.verdict.Say())
	if m.verdict.First() == lesson.BuildFails {
		return m.theme.Removed, say
	}
	return m.theme.Accent, "To do: " + say
}

// solvedText says that the lesson is solved, and what can be done then.
func (m *desk) solvedText() string {
	k := m.keys
	if l := m.s.Lesson(); l.Par > 0 {
		best := m.s.Progress.Lessons[l.Name].Best
		return fmt.Sprintf("Solved. Your best is %s, par is %s.", display.Bytes(best), display.Bytes(l.Par))
	}
	return fmt.Sprintf("Solved. %s shows a solution to compare with yours, %s goes on.", k.First(k.Solution), k.First(k.Next))
}
