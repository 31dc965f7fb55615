package screen

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/course"
	"github.com/tare-oci/tare/ui/learn/progress"
	"github.com/tare-oci/tare/ui/learn/session"
)

// learner is a screen without a terminal, and the keys that are pressed on it.
type learner struct {
	*desk
	t *testing.T
}

func newLearner(t *testing.T, width, height int) learner {
	t.Helper()
	p, err := progress.Open("")
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(course.Lessons(), p, session.Options{Dir: t.TempDir()})
	if err := s.Enter(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	l := learner{newDesk(t.Context(), s, Options{Theme: "none"}, time.Unix(0, 0)), t}
	l.Update(tea.WindowSizeMsg{Width: width, Height: height})
	l.settle(l.judge())
	return l
}

// settle runs what the screen does beside it, but for its clocks.
func (l learner) settle(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			l.settle(c)
		}
	case verdictMsg, typedMsg:
		_, next := l.Update(msg)
		l.settle(next)
	}
}

// keys presses keys: names of keys, and words to type.
func (l learner) keys(keys ...string) {
	l.t.Helper()
	named := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "down": {Code: tea.KeyDown}, "tab": {Code: tea.KeyTab}, "backspace": {Code: tea.KeyBackspace},
	}
	for _, k := range keys {
		if msg, ok := named[k]; ok {
			l.settle(l.press(msg))
			continue
		}
		for _, r := range k {
			l.settle(l.press(tea.KeyPressMsg{Code: r, Text: string(r)}))
		}
	}
}

func (l learner) shows(texts ...string) {
	l.t.Helper()
	screen := ansi.Strip(strings.Join(l.screen(), "\n"))
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			l.t.Errorf("the screen does not show %q:\n%s", text, screen)
		}
	}
}

// TestFirstLesson goes through a lesson: a wrong answer, the right one, hints, an edit
// that does not build, the solution, undo, the next lesson.
func TestFirstLesson(t *testing.T) { synctest.Test(t, firstLesson) }

func firstLesson(t *testing.T) {
	l := newLearner(t, 120, 36)
	l.shows("Deleting frees nothing", "Which line stores the archive", "217 MB", "FROM debian:bookworm-slim", "0 of 13 solved")
	l.keys("enter")
	l.shows("Not quite.")
	for n := range 3 {
		l.keys("h")
		l.shows(fmt.Sprintf("Hint %d of 3: %s", n+1, l.s.Question().Hints[n][:40]))
	}
	l.keys("down", "down", "enter")
	l.shows("Right. The archive came with line 3")
	l.keys("h")
	l.shows("Hint 1 of 3")
	l.keys("h", "h", "h")
	l.shows("Hint 3 of 3")
	l.keys("e", "X", "esc")
	l.shows("No builder reads this Dockerfile", "It does not build.")
	l.keys("u")
	l.shows("Your files are as they were before.")
	l.keys("esc")
	l.shows("The archive is still in a layer.")
	l.keys("S")
	l.shows("A solution")
	l.keys("S")
	l.shows("Solved.", "1 of 13 solved")
	l.keys("u", "esc")
	l.shows("The archive is still in a layer.")
	l.keys("n")
	l.shows("One RUN, clean at its end")
}

// TestOutsideEdits: a file that another program changes is judged.
func TestOutsideEdits(t *testing.T) {
	l := newLearner(t, 120, 36)
	l.keys("down", "down", "enter")
	if err := os.WriteFile(l.s.File("Dockerfile"), []byte(l.s.Lesson().Solution["Dockerfile"]), 0o600); err != nil {
		t.Fatal(err)
	}
	if !l.reread() {
		t.Fatal("the change is not seen")
	}
	l.settle(l.judge())
	l.shows("Solved.")
}

// TestLateVerdicts: what comes back for a text that has changed since is not shown.
func TestLateVerdicts(t *testing.T) {
	l := newLearner(t, 120, 36)
	late := l.judge()
	l.keys("R")
	l.judged++
	before := l.verdict
	l.Update(late())
	if l.verdict != before {
		t.Error("a late verdict is shown")
	}
}

// TestSizes: every row is exactly as wide as the screen, at every size, in every mode.
func TestSizes(t *testing.T) { synctest.Test(t, sizes) }

func sizes(t *testing.T) {
	l := newLearner(t, 120, 36)
	modes := map[string]func(){
		"reading": func() {}, "work": func() { l.work = true }, "editing": func() { l.settle(l.edit()) }, "lessons": func() { l.keys("l") }, "help": func() { l.keys("?") },
		"typing": func() { l.mode, l.answer = typing, "line" }, "solution": func() { l.keys("S") },
	}
	for name, enter := range modes {
		l.open()
		l.settle(l.judge())
		enter()
		for width := 1; width < 140; width += imagetest.Rounds(33, 33, 7) {
			for _, height := range []int{1, 5, 9, 10, 17, 24, 36, 60} {
				l.Update(tea.WindowSizeMsg{Width: width, Height: height})
				rows := l.screen()
				if len(rows) != height {
					t.Fatalf("%s at %d×%d: %d rows", name, width, height, len(rows))
				}
				for i, row := range rows {
					if got := display.Width(ansi.Strip(row)); got != width {
						t.Fatalf("%s at %d×%d: row %d has %d columns: %q", name, width, height, i, got, ansi.Strip(row))
					}
				}
			}
		}
		l.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	}
}

// TestOutsideEditsWhileEditing: the small editor writes over nothing that another program
// wrote, and one that was opened and closed leaves nothing to undo.
func TestOutsideEditsWhileEditing(t *testing.T) { synctest.Test(t, outsideEditsWhileEditing) }

func outsideEditsWhileEditing(t *testing.T) {
	l := newLearner(t, 120, 36)
	l.keys("down", "down", "enter", "e", "esc", "u")
	l.shows("There is nothing to take back")
	l.keys("e")
	outside := "# outside\n" + l.s.Lesson().Start["Dockerfile"]
	if err := os.WriteFile(l.s.File("Dockerfile"), []byte(outside), 0o600); err != nil {
		t.Fatal(err)
	}
	l.keys("X")
	files, err := l.s.Files()
	if err != nil || files["Dockerfile"] != outside {
		t.Errorf("%v, the file is\n%s", err, files["Dockerfile"])
	}
	l.shows("changed outside")
	l.keys("Y", "esc", "u")
	if files, err := l.s.Files(); err != nil || files["Dockerfile"] != outside {
		t.Errorf("%v, after undo the file is\n%s", err, files["Dockerfile"])
	}
}
