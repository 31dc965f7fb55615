package course

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tare-oci/tare/analyze"
	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/ui/learn/lesson"
)

// TestLessonsAreTrue proves every lesson: its start fails, its solution passes, each
// wrong solution is told why, and each figure in its texts is counted.
func TestLessonsAreTrue(t *testing.T) {
	for _, l := range Lessons() {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			wrong, err := lesson.Prove(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrong {
				t.Error(w)
			}
		})
	}
}

// TestTemplateIsTrue: what a teacher begins with is a lesson that is true, and nothing
// is overwritten.
func TestTemplateIsTrue(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	if err := Write(dir); err != nil {
		t.Fatal(err)
	}
	if Write(dir) == nil {
		t.Error("a directory is written over")
	}
	l, err := lesson.Read(os.DirFS(dir), "mine")
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := lesson.Prove(t.Context(), l)
	if err != nil || len(wrong) > 0 {
		t.Error(err, wrong)
	}
}

// TestLessonsPointAtRules: what a lesson says to read after it is there.
func TestLessonsPointAtRules(t *testing.T) {
	known := map[string]bool{}
	for _, r := range analyze.Rules() {
		known[r.ID] = true
	}
	for _, l := range Lessons() {
		for _, id := range l.Rules {
			if !known[id] {
				t.Errorf("%s: there is no rule %s", l.Name, id)
			}
		}
		if len(l.Rules) == 0 || len(l.Topics) == 0 {
			t.Errorf("%s: nothing to read after it, or no topic", l.Name)
		}
	}
}
