package prompt

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/ui/learn/course"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/progress"
	"github.com/tare-oci/tare/ui/learn/session"
)

var update = flag.Bool("update", false, "write the transcript anew")

// learner types lines at the prompt, one at a time; before a line, it may change files.
type learner struct {
	t     *testing.T
	s     *session.Session
	steps []step
	out   *bytes.Buffer
}

// step is a line that is typed, after files were written.
type step struct {
	files lesson.Files
	line  string
}

// Read gives the prompt the next line when it asks for one. What was typed stands in
// the transcript, as it would on a terminal.
func (l *learner) Read(p []byte) (int, error) {
	if len(l.steps) == 0 {
		return 0, io.EOF
	}
	next := l.steps[0]
	l.steps = l.steps[1:]
	for name, text := range next.files {
		if err := os.WriteFile(l.s.File(name), []byte(text), 0o600); err != nil {
			l.t.Fatal(err)
		}
	}
	fmt.Fprintln(l.out, next.line)
	return copy(p, next.line+"\n"), nil
}

// play goes through the course and returns the transcript.
func play(t *testing.T, steps []step, edit func(context.Context, string) error) (string, *session.Session) {
	t.Helper()
	dir := t.TempDir()
	p, err := progress.Open(filepath.Join(dir, "progress.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(course.Lessons(), p, session.Options{Dir: filepath.Join(dir, "files"), Now: func() time.Time { return time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC) }})
	var out bytes.Buffer
	l := &learner{t: t, s: s, steps: steps, out: &out}
	if err := Run(t.Context(), s, 0, Options{In: l, Out: &out, Edit: edit}); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(out.String(), dir, "DIR"), s
}

// TestTranscript plays all lessons: a wrong answer, the right one, the hints, every
// wrong solution, reset, the solution. The transcript is what a screen reader has of
// the course, and is kept to be read.
func TestTranscript(t *testing.T) {
	var steps []step
	say := func(line string) { steps = append(steps, step{line: line}) }
	lessons := course.Lessons()
	played := lessons[:quick.Rounds(3, 3, len(lessons))]
	if *update {
		played = lessons
	}
	for i, l := range played {
		say("look")
		for _, q := range l.Look {
			say("answer package none")
			for range q.Hints {
				say("hint")
			}
			say("answer " + rightAnswer(t, l, q.Answer))
		}
		say("")
		for range l.Hints {
			say("hint")
		}
		for _, w := range l.Wrong {
			steps = append(steps, step{files: l.Start, line: "file"}, step{files: w.Files, line: ""})
		}
		say("reset")
		say("undo")
		steps = append(steps, step{files: l.Solution, line: "check"})
		say("list")
		if i+1 < len(played) {
			say("next")
		}
	}
	got, s := play(t, steps, nil)
	if n := s.Progress.Solved(s.Names()); n != len(played) {
		t.Errorf("%d lessons are solved", n)
	}
	if strings.ContainsAny(got, "\x1b\r\x07") {
		t.Error("the transcript steers a terminal")
	}
	for _, l := range played {
		for _, c := range l.Checks {
			if !strings.Contains(got, c.Else) && !allBuild(l, c.ID) {
				t.Errorf("%s: nobody is told %q", l.Name, c.Else)
			}
		}
	}
	file := filepath.Join("testdata", "transcript.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(played) < len(lessons) { // what comes next is another line than the end
		got = strings.TrimSuffix(got, "\n")
		want = want[:min(len(want), len(got))]
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the transcript (-want +got):\n%s", diff)
	}
}

// allBuild reports whether no wrong solution of the lesson is there for a check: one
// whose wrong solutions fail at the build is told in the builder's words.
func allBuild(l *lesson.Lesson, id string) bool {
	for _, w := range l.Wrong {
		if w.Fails == id {
			return false
		}
	}
	return true
}

// rightAnswer is what a learner types.
func rightAnswer(t *testing.T, l *lesson.Lesson, a lesson.Answer) string {
	t.Helper()
	story, err := lesson.Story(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	text, err := story.Fill(a.String())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestEditor: the learner's editor is opened on the file, and the file judged after it.
func TestEditor(t *testing.T) {
	solution := course.Lessons()[0].Solution["Dockerfile"]
	got, _ := play(t, []step{{line: "line 3"}, {line: "edit other"}, {line: "edit"}}, func(_ context.Context, file string) error {
		return os.WriteFile(file, []byte(solution), 0o600)
	})
	for _, want := range []string{`The lesson has no file "other" to edit.`, "Solved. Deleting frees nothing"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said:\n%s", want, got)
		}
	}
}

// TestWords: commands by their names and letters, and what is none.
func TestWords(t *testing.T) {
	got, s := play(t, []step{{line: "HINT"}, {line: "h"}, {line: "line 3"}, {line: "frobnicate"}, {line: "go 99"}, {line: "back"}, {line: "go stages"}, {line: "help"}, {line: "quit"}, {line: "next"}}, nil)
	for _, want := range []string{"Hint 1 of 3", "Hint 2 of 3", `There is no command "frobnicate"`, `There is no lesson "99"`, "This is the first lesson.", "Lesson 7 of 13", "solution!"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if s.Lesson().Name != "07-stages" {
		t.Errorf("quit did not end it: %s", s.Lesson().Name)
	}
}
