package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// asked is the interface with a question, and the answer that was given.
func asked(t *testing.T, width, height int, view string, answer func(pane.Place) string) (m *root, given *string) {
	t.Helper()
	given = new(string)
	q := &Question{Ask: "Which one is it?", View: view, Wanted: "a thing that is asked for", Answer: answer, Give: func(a string) { *given = a }}
	return openedFresh(t, width, height, Options{Question: q, Leaving: "back to the lesson"}, tuitest.Described(tuitest.Report())), given
}

func line(at pane.Place) string {
	if at.Line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d", at.Line)
}

// TestAnswersAQuestion: Enter answers with the row under the cursor, on every pane, and
// the interface ends.
func TestAnswersAQuestion(t *testing.T) {
	for name, row := range map[string]struct {
		view   string
		keys   []string
		answer func(pane.Place) string
		want   string
	}{
		"a step":           {"", []string{"home", "down"}, line, "line 5"},
		"a line":           {"dockerfile", []string{"end", "up", "up", "up"}, line, "line 7"},
		"a change":         {"fixes", []string{"home"}, line, "line 5"},
		"a file":           {"files", []string{"end", "right", "down"}, func(at pane.Place) string { return at.Path }, "/app/app.py"},
		"a package":        {"packages", []string{"home", "down", "down"}, func(at pane.Place) string { return at.Package }, "python3"},
		"a directory":      {"files", []string{"end", "enter"}, func(at pane.Place) string { return at.Path }, "/app"},
		"the step's waste": {"", []string{"home", "down"}, func(at pane.Place) string { return fmt.Sprint(at.Wasted) }, "413000000"},
		"the whole image":  {"", []string{"i"}, func(at pane.Place) string { return fmt.Sprint(at.Size) }, fmt.Sprint(tuitest.Report().Image.Size)},
	} {
		for _, size := range [][2]int{{120, 36}, {80, 24}} {
			t.Run(fmt.Sprint(name, size), func(t *testing.T) {
				m, given := asked(t, size[0], size[1], row.view, row.answer)
				if screen := picture(m); !strings.Contains(screen, "Which one is it?") || !strings.Contains(screen, "back to the lesson") {
					t.Errorf("the question is not told:\n%s", screen)
				}
				typed(m, row.keys...)
				if screen := picture(m); !strings.Contains(screen, "Enter answer: ") {
					t.Errorf("what Enter does is not told:\n%s", screen)
				}
				_, cmd := m.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
				if *given != row.want || !quits(cmd) {
					t.Errorf("gave %q, want %q; ends %v\n%s", *given, row.want, quits(cmd), picture(m))
				}
			})
		}
	}
}

// TestNoAnswerHere: a row that is no answer says so, and what Enter opens is opened first.
func TestNoAnswerHere(t *testing.T) {
	m, given := asked(t, 120, 36, "config", line)
	typed(m, "enter")
	if *given != "" || !strings.Contains(picture(m), "this row is not a thing that is asked for") {
		t.Errorf("gave %q:\n%s", *given, picture(m))
	}
}

// TestQuestionAtEverySize: the rows are those of the screen.
func TestQuestionAtEverySize(t *testing.T) {
	m, _ := asked(t, 120, 36, "", line)
	m.opt.Question.Ask = strings.Repeat("Which of them is it? ", 12)
	for width := 40; width < 140; width += 9 {
		for height := 10; height < 40; height += 3 {
			for _, travel := range []bool{false, true} {
				m.travel.on = travel
				m.Update(tea.WindowSizeMsg{Width: width, Height: height})
				if rows := strings.Split(picture(m), "\n"); len(rows) != height {
					t.Fatalf("%d rows at %d×%d", len(rows), width, height)
				}
			}
		}
	}
}

// quits reports whether a command ends the program.
func quits(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	switch msg := cmd().(type) {
	case tea.QuitMsg:
		return true
	case tea.BatchMsg:
		return slices.ContainsFunc(msg, quits)
	}
	return false
}
