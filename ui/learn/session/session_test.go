package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/ui/learn/course"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/progress"
)

// begin enters a lesson of the course, with progress in a file.
func begin(t *testing.T, dir string, i int) *Session {
	t.Helper()
	p, err := progress.Open(filepath.Join(dir, "progress.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := New(course.Lessons(), p, Options{Dir: filepath.Join(dir, "files"), Now: func() time.Time { return time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC) }})
	if err := s.Enter(t.Context(), i); err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, s *Session, text string) {
	t.Helper()
	if err := os.WriteFile(s.File("Dockerfile"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFilesAreTheLearners: what the learner wrote is there the next time, reset is taken
// back by undo, and a file that was deleted is as in the start.
func TestFilesAreTheLearners(t *testing.T) {
	dir := t.TempDir()
	s := begin(t, dir, 0)
	write(t, s, "FROM scratch\n")
	s = begin(t, dir, 0)
	if files, err := s.Files(); err != nil || files["Dockerfile"] != "FROM scratch\n" {
		t.Fatalf("%q, %v", files, err)
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	if files, _ := s.Files(); files["Dockerfile"] != s.Lesson().Start["Dockerfile"] {
		t.Errorf("after a reset: %q", files["Dockerfile"])
	}
	if done, err := s.Undo(); !done || err != nil {
		t.Error(done, err)
	}
	if files, _ := s.Files(); files["Dockerfile"] != "FROM scratch\n" {
		t.Errorf("after undo: %q", files["Dockerfile"])
	}
	if done, _ := s.Undo(); done {
		t.Error("there was nothing to take back")
	}
	if err := os.Remove(s.File("Dockerfile")); err != nil {
		t.Fatal(err)
	}
	if files, err := s.Files(); err != nil || files["Dockerfile"] != s.Lesson().Start["Dockerfile"] {
		t.Errorf("a file that was deleted: %q, %v", files["Dockerfile"], err)
	}
}

// TestNoFiles: what lies in the place of a file is told, and not read.
func TestNoFiles(t *testing.T) {
	s := begin(t, t.TempDir(), 0)
	if err := os.Remove(s.File("Dockerfile")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.File("Dockerfile"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Files(); err == nil || !strings.Contains(err.Error(), "is no file of a lesson") {
		t.Error(err)
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	if files, err := s.Files(); err != nil || files["Dockerfile"] != s.Lesson().Start["Dockerfile"] {
		t.Errorf("after a reset: %q, %v", files["Dockerfile"], err)
	}
}

// TestSolved: a lesson is solved once its questions are answered and its checks pass;
// the smallest image is kept, and a solution that was shown before is noted.
func TestSolved(t *testing.T) {
	dir := t.TempDir()
	s := begin(t, dir, 0)
	write(t, s, s.Lesson().Solution["Dockerfile"])
	if v, err := s.Check(t.Context()); err != nil || !v.Passed() || s.Solved() {
		t.Fatalf("%v, solved is %v before the question is answered", err, s.Solved())
	}
	if right, say, err := s.Answer("line 4"); right || say == "" || err != nil {
		t.Error(right, say, err)
	}
	if right, _, err := s.Answer(" Line 3 "); !right || err != nil || !s.Solved() {
		t.Error(right, err, s.Solved())
	}
	again := begin(t, dir, s.Next())
	if again.At() != 1 {
		t.Errorf("it goes on with lesson %d", again.At()+1)
	}
	kept := again.Progress.Lessons["01-layers"]
	if kept.Solved == nil || kept.Best == 0 || kept.Shown {
		t.Errorf("kept %+v", kept)
	}
	if _, err := again.Solution(); err != nil {
		t.Fatal(err)
	}
	a := again.Achievement("Ann")
	if a.Name != "Ann" || !a.Solved[0] || a.Solved[1] || a.Shown[0] || !a.Shown[1] || len(a.Solved) != len(course.Lessons()) {
		t.Errorf("the code tells %+v", a)
	}
}

// TestLeftovers: what a killed program left beside the learner's files is taken away.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, "files", course.Lessons()[0].Name, atomicfile.Prefix+"0123")
	if err := os.MkdirAll(filepath.Dir(left), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(left, old, old); err != nil {
		t.Fatal(err)
	}
	begin(t, dir, 0)
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestHintsAndNames(t *testing.T) {
	s := begin(t, t.TempDir(), 0)
	for want := range 5 {
		if text, err := s.Hint(); err != nil || !strings.HasPrefix(text, fmt.Sprintf("Hint %d of 3: ", min(want+1, 3))) || !strings.Contains(text, s.Question().Hints[min(want, 2)]) {
			t.Error(text, err)
		}
	}
	if _, _, err := s.Answer("line 3"); err != nil {
		t.Fatal(err)
	}
	if text, err := s.Hint(); err != nil || text != "Hint 1 of 3: "+s.Lesson().Hints[0] {
		t.Errorf("after the answer: %q, %v", text, err)
	}
	for text, want := range map[string]int{"1": 0, "01": 0, "13": 12, "layers": 0, "07-stages": 6, "99": -1, "": -1, "x": -1} {
		if got := s.Find(text); got != want {
			t.Errorf("%q is lesson %d, want %d", text, got, want)
		}
	}
	if text := s.Fill("{size} {no such figure}"); text != "{size} {no such figure}" {
		t.Errorf("a text that was not proved is %q", text)
	}
	if err := s.Keep(lesson.Files{"Dockerfile": "FROM a\n"}); err != nil {
		t.Error(err)
	}
}
