package unified_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/fix/unified"
)

func TestDiff(t *testing.T) {
	for _, test := range []struct {
		name, file string
		old, now   string // "-" for no file
		hidden     []int  // lines
		want       string
	}{
		{"the same", "Dockerfile", "a\n", "a\n", nil, ""},
		{"a new file", ".dockerignore", "-", ".git\n", nil, "--- /dev/null\n+++ b/.dockerignore\n@@ -0,0 +1 @@\n+.git\n"},
		{"no line end at the end", "f", "a\nb", "a\nc", nil, "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"},
		{"a name with blanks", "a b", "a\n", "b\n", nil, "--- a/a b\t\n+++ b/a b\t\n@@ -1 +1 @@\n-a\n+b\n"},
		{"a name with quotes", "a\"\\\n\x7f", "a\n", "b\n", nil, "--- \"a/a\\\"\\\\\\012\\177\"\n+++ \"b/a\\\"\\\\\\012\\177\"\n@@ -1 +1 @@\n-a\n+b\n"},
		{"a hidden line in front", "f", "1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\n4\n5!\n6\n7\n", []int{3}, "--- a/f\n+++ b/f\n@@ -4,3 +4,3 @@\n 4\n-5\n+5!\n 6\n"},
		{"a hidden line behind", "f", "1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3!\n4\n5\n6\n7\n", []int{5}, "--- a/f\n+++ b/f\n@@ -2,3 +2,3 @@\n 2\n-3\n+3!\n 4\n"},
		{"a hidden line between", "f", "1\n2\n3\n", "1!\n2\n3!\n", []int{2}, "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-1\n+1!\n@@ -3 +3 @@\n-3\n+3!\n"},
		{"a hidden line that changes", "f", "1\n2\n3\n", "1\n2!\n3\n", []int{2}, "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n 1\n-2\n+2!\n 3\n"},
		{"a hidden line between two changes of one hunk", "f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1!\n2\n3\n4\n5\n6\n7!\n8\n9\n", []int{3}, "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-1\n+1!\n 2\n@@ -4,6 +4,6 @@\n 4\n 5\n 6\n-7\n+7!\n 8\n 9\n"},
		{"a hidden line far away", "f", "1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n6!\n", []int{1}, "--- a/f\n+++ b/f\n@@ -3,4 +3,4 @@\n 3\n 4\n 5\n-6\n+6!\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var old []byte
			if test.old != "-" {
				old = []byte(test.old)
			}
			hidden := make([]bool, strings.Count(test.old, "\n"))
			for _, line := range test.hidden {
				hidden[line-1] = true
			}
			got, err := unified.Diff(test.file, old, []byte(test.now), hidden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Fatal(d)
			}
			if test.file == "f" {
				patched(t, test.old, got, test.now)
			}
		})
	}
}

// patched holds that patch makes the one version of the other.
func patched(t *testing.T, old, diff, want string) {
	t.Helper()
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skip("patch is not installed")
	}
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("patch", "-p1", "--fuzz=0", "-d", filepath.Dir(file))
	cmd.Stdin = strings.NewReader(diff)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("patch makes %q of it (%v), want %q", got, err, want)
	}
}
