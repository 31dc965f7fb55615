package screen

import (
	"maps"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/learn/lesson"
)

// verdictMsg brings a verdict on the files.
type verdictMsg struct {
	judged  int
	lesson  *lesson.Lesson
	verdict *lesson.Verdict
	err     error
}

// judge replays the files in the background.
func (m *desk) judge() tea.Cmd {
	ctx, l, files, judged := m.ctx, m.s.Lesson(), maps.Clone(m.files), m.judged
	return func() tea.Msg {
		v, err := lesson.Judge(ctx, l, files)
		return verdictMsg{judged, l, v, err}
	}
}

// take shows a verdict, unless the files have changed since.
func (m *desk) take(msg verdictMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		return m.fail(msg.err)
	case msg.judged != m.judged || msg.lesson != m.s.Lesson():
		return nil
	}
	was := m.verdict != nil && m.s.Solved()
	m.verdict, m.counted = msg.verdict, msg.judged
	m.stack.Resize(len(m.steps()), max(m.stack.Height, 1))
	if err := m.s.Took(msg.verdict); err != nil {
		return m.fail(err)
	}
	switch {
	case m.s.Solved() && !was:
		m.solved()
	case was && !m.s.Solved():
		m.say(plain, "")
	}
	return nil
}

// typedMsg says that the learner has stopped typing for a moment.
type typedMsg struct{ judged int }

// pause is how long the screen waits for the next key before it judges.
const pause = 150 * time.Millisecond

func (m *desk) typed() tea.Cmd {
	judged := m.judged
	return tea.Tick(pause, func(time.Time) tea.Msg { return typedMsg{judged} })
}

// lookedMsg asks the screen to check whether another program has changed the files.
type lookedMsg struct{}

// every is how often the screen checks the files.
const every = 500 * time.Millisecond

func watch() tea.Cmd { return tea.Tick(every, func(time.Time) tea.Msg { return lookedMsg{} }) }

// editedMsg says that the learner's editor has ended.
type editedMsg struct {
	err    error
	chosen string // as terminal.EditorChosen has it
}
