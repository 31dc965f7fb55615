package terminal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/learn/course"
	"github.com/tare-oci/tare/ui/learn/lesson"
)

// courseSizes are those at which the course is played.
var courseSizes = []size{{120, 36}, {80, 24}}

// playing opens a lesson. There is no engine and no network here.
func playing(t *testing.T, s size, number int, editor string) *terminal {
	t.Helper()
	term := open(t, setting{columns: s.columns, rows: s.rows, args: []string{"learn", fmt.Sprint(number)}, env: []string{"EDITOR=sh ./editor"}, files: map[string]string{"editor": editor}})
	term.wait(course.Lessons()[number-1].Title)
	return term
}

// start is the beginning of a sentence that a screen shows on its first row of it.
func start(text string) string {
	plain, _, _ := strings.Cut(text, "{")
	words := strings.Fields(plain)
	words = words[:min(len(words), 5)]
	for len(words) > 1 && len(strings.Join(words, " ")) > 60 { // the row of a hint ends there
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// TestLearn plays every lesson: a wrong answer, which is told why, the right one, the
// hints, a wrong solution with its own sentence, reset, undo, the right one, the next.
func TestLearn(t *testing.T) {
	needTerminal(t)
	for i, l := range course.Lessons() {
		for _, s := range courseSizes {
			if i > 1 && s.columns == 80 && testing.Short() {
				continue // the lessons differ in their words alone
			}
			t.Run(fmt.Sprintf("%s/%s", l.Name, s), func(t *testing.T) {
				t.Parallel()
				term := playing(t, s, i+1, "")
				if s.columns < 100 {
					term.see("Tab", "Your image")
				}
				term.wait("wasted")
				term.whole()
				for _, q := range l.Look {
					for n, hint := range q.Hints {
						term.see("h", fmt.Sprintf("Hint %d of %d: %s", n+1, len(q.Hints), start(hint)))
					}
					answer(term, l, q)
				}
				for n := range l.Hints {
					term.see("h", fmt.Sprintf("Hint %d of %d: %s", n+1, len(l.Hints), start(l.Hints[n])))
				}
				for _, w := range l.Wrong {
					write(term, l, l.Start)
					write(term, l, w.Files)
					term.wait(sentence(l, w))
				}
				term.see("R", "The lesson begins again")
				term.see("u", "as they were before")
				term.see("S", "A solution")
				term.see("S", "Solved.")
				term.whole()
				if i+1 < len(course.Lessons()) {
					term.see("n", course.Lessons()[i+1].Title)
				}
				term.press("q")
				term.left(0)
			})
		}
	}
}

// answer gives a wrong answer, then the right one.
func answer(term *terminal, l *lesson.Lesson, q lesson.Question) {
	if q.Answer.Kind() != "line" {
		term.press("Enter")
		term.text("nothing")
		term.see("Enter", "Not quite.")
		term.press("Enter")
		term.text(right(term, l, q.Answer))
		term.see("Enter", "Right.")
		return
	}
	// The lines of the Dockerfile stand one below the other, that of FROM first.
	var line int
	if _, err := fmt.Sscanf(q.Answer.String(), "line %d", &line); err != nil {
		term.t.Fatal(err)
	}
	term.see("Home Enter", "Not quite.", start(q.Else))
	for range line - 1 {
		term.press("Down")
	}
	term.see("Enter", "Right.")
}

// TestLearnLooking answers questions by moving in tare's own interface: with a step, with
// what one wastes, with a directory, with a figure of the image.
func TestLearnLooking(t *testing.T) {
	needTerminal(t)
	for _, s := range courseSizes {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			term := playing(t, s, 1, "")
			term.see("o", "lesson 1, as it begins", "Which line stores the archive", "Enter answer: line 1", "q back to the lesson")
			term.see("Enter", "Not quite. Look for the line")
			term.see("o", "lesson 1, as it begins")
			term.see("Down Down", "Enter answer: line 3")
			term.whole()
			term.see("Enter", "Right. The archive came with line 3")
			term.see("n", "One RUN, clean at its end")
			term.see("o", "lesson 2, as it begins", "Enter answer: line 1")
			term.see("Down Enter", "Right. Line 2 downloads them")
			term.see("o", "lesson 2, as it begins", "How many bytes")
			term.see("Down Enter", "Right. tare counts")
			term.press("q")
			term.left(0)

			term = playing(t, s, 9, "")
			term.see("o", "Which directory came along", "all up to step 3")
			term.press("/")
			term.text(".git/")
			term.press("Enter")
			for range 4 { // the directories above it open one after the other
				term.press("Down")
			}
			term.wait("Enter answer: /app/.git")
			term.see("Enter", "Right. The whole history")
			term.see("p", "Choose the base, and share it")
			term.see("o", "lesson 8, as it begins", "How much does the image weigh")
			term.see("i", "About the image", "Enter answer: ")
			term.see("Enter", "Right. It weighs")
			term.press("q")
			term.left(0)
		})
	}
}

// TestLearnBuilds: without an engine, b says so; with one that builds nothing, what it
// said. The engine is the one of the test's own PATH.
func TestLearnBuilds(t *testing.T) {
	needTerminal(t)
	for _, s := range courseSizes {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			term := playing(t, s, 1, "")
			term.see("b", "Not built: this lesson cannot be built for real: the archive")
			term.press("q")
			term.left(0)
		})
	}
}

// right is what a learner types.
func right(term *terminal, l *lesson.Lesson, a lesson.Answer) string {
	story, err := lesson.Story(term.t.Context(), l)
	if err != nil {
		term.t.Fatal(err)
	}
	text, err := story.Fill(a.String())
	if err != nil {
		term.t.Fatal(err)
	}
	return text
}

// sentence is the beginning of what the learner is told of a wrong solution.
func sentence(l *lesson.Lesson, w lesson.Wrong) string {
	for _, c := range l.Checks {
		if c.ID == w.Fails {
			return start(c.Else)
		}
	}
	return "This would not build."
}

// write changes the files as another program would.
func write(term *terminal, l *lesson.Lesson, files lesson.Files) {
	for name, text := range files {
		term.write(filepath.Join("tare-learn", l.Name, name), text)
	}
}

// TestLearnEditing types a solution into the small editor, and has another one write
// it.
func TestLearnEditing(t *testing.T) {
	needTerminal(t)
	for _, s := range courseSizes {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			solution := course.Lessons()[0].Solution["Dockerfile"]
			term := playing(t, s, 1, "cat >\"$1\" <<'EOF'\n"+solution+"EOF\n")
			if s.columns < 100 {
				term.see("Tab", "Your image")
			}
			term.wait("wasted")
			term.see("Down Down Enter", "Right.")
			term.see("e", "saved as you type", "Esc done")
			term.text("X")
			term.wait("No builder reads this Dockerfile")
			term.see("Escape", "e edit")
			term.see("u", "as they were before")
			term.see("E", "Solved.")
			term.whole()
			term.see("o", "Files", "Packages") // tare's own interface on the learner's image
			term.press("q")
			term.wait("Lesson 1 of 13")
			term.press("q")
			term.left(0)
		})
	}
}

// TestLearnSurvives: what was written and solved is there after the program was
// killed in mid-lesson.
func TestLearnSurvives(t *testing.T) {
	needTerminal(t)
	term := playing(t, courseSizes[0], 2, "")
	term.wait("wasted")
	write(term, course.Lessons()[1], course.Lessons()[1].Solution)
	term.wait("Which line brings")
	term.see("Down Enter", "Right.")
	process, err := os.FindProcess(term.pid())
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Who kills a program has to give the terminal back; here it is a new shell.
	term.tmux("respawn-pane", "-k", "env", "PS1=ready> ", "sh", "-i")
	term.wait("ready>")
	term.line(quote(tare, "learn"))
	term.wait("Lesson 2 of 13", "How many bytes", "&& rm -rf")
	term.press("q")
}
