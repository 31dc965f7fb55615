package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// Question is asked while somebody looks around, and answered by where they are: in a
// lesson. It stands above the footer, and Enter answers it with the row under the cursor.
type Question struct {
	Ask    string
	View   string // to begin with, by its name in [pane.Views]; "" is the list of steps
	Wanted string // what answers it, as in "a line of the Dockerfile"
	// Answer is what a place says to the question, in a few words, "" for nothing.
	Answer func(pane.Place) string
	// Give takes the answer. The interface ends then.
	Give func(answer string)
}

// beginQuestion shows the view in which the answer is to be found, from the first row:
// what there is to change would give it away.
func (m *root) beginQuestion() {
	q := m.opt.Question
	if q == nil {
		return
	}
	m.moved, m.turned, m.view, m.right = true, true, m.files, false
	for _, v := range m.views {
		if v.Name == q.View {
			m.view, m.right = v.Pane, true
		}
	}
	m.files.SetMerged(m.right && m.view == m.files)
}

// beginWithAll shows the files of the whole image, where one of them is asked for.
func (m *root) beginWithAll() {
	if m.opt.Question != nil && m.right && m.view == m.files {
		m.steps.Choose(len(m.report.Layers) - 1)
	}
}

// place is where the user is.
func (m *root) place() pane.Place {
	if m.page != nil && m.page.kind == imagePage && m.report != nil {
		return pane.Place{Size: m.report.Image.Size, Wasted: m.report.Summary.WastedBytes}
	}
	return pane.PlaceOf(m.focused(), m.steps)
}

// reply is what the row under the cursor says to the question, "" for nothing. On a row
// that is folded, Enter opens it first.
func (m *root) reply() string {
	if m.opt.Question == nil {
		return ""
	}
	at := m.place()
	if at.Folded {
		return ""
	}
	return m.opt.Question.Answer(at)
}

// answer gives the answer under the cursor, and reports whether there is a question that
// Enter is for.
func (m *root) answer() (cmd tea.Cmd, asked bool) {
	q := m.opt.Question
	if q == nil || m.place().Folded {
		return nil, false
	}
	said := m.reply()
	if said == "" {
		m.notice = "this row is not " + q.Wanted
		return nil, true
	}
	q.Give(said)
	m.halt()
	return tea.Quit, true
}

// below is how many rows stand between the columns and the footer.
func (m *root) below() (rows int) {
	if m.isLow() {
		return 0
	}
	if m.travel.on {
		rows++
	}
	return rows + len(m.questionRows())
}

// questionRows are the question, in two rows at most.
func (m *root) questionRows() (rows []string) {
	q := m.opt.Question
	if q == nil || m.width <= 0 || m.isLow() {
		return nil
	}
	parts := display.Wrap(m.theme.Charset.Escape(q.Ask), max(m.width-2, 1))
	for _, part := range parts[:max(min(len(parts), m.height-minHeight-1, 2), 0)] {
		rows = append(rows, draw.NewLine(m.theme, m.width).Gap(1).Add(m.theme.Strong, part).String())
	}
	return rows
}
