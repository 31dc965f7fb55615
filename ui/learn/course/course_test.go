package course

import (
	"testing"

	"github.com/tare-oci/tare/ui/learn/lesson"
)

// TestLessonsAreTrue proves every lesson: its start fails, its solution passes, each
// wrong solution is told why, and each figure in its texts is counted.
func TestLessonsAreTrue(t *testing.T) {
	var judge lesson.Judge
	for _, l := range Lessons() {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			wrong, err := judge.Prove(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrong {
				t.Error(w)
			}
		})
	}
}
