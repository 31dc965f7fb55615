package dockerignore_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix/dockerignore"
)

func TestAdd(t *testing.T) {
	for _, test := range []struct{ name, old, want string }{
		{"no file", "-", ".git\n*.log\n"},
		{"an empty file", "", ".git\n*.log\n"},
		{"lines", "a\n", "a\n.git\n*.log\n"},
		{"no line end at the end", "a", "a\n.git\n*.log\n"},
		{"CRLF", "a\r\nb", "a\r\nb\r\n.git\r\n*.log\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var old []byte
			if test.old != "-" {
				old = []byte(test.old)
			}
			f := dockerignore.New(old)
			if got := f.Bytes(); string(got) != string(old) || (got == nil) != (old == nil) {
				t.Errorf("before anything is added it is %q", got)
			}
			f.Add([]string{".git"})
			f.Add([]string{".git", "*.log"})
			if got := string(f.Bytes()); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestConflict(t *testing.T) {
	for _, test := range []struct{ name, old, line, file, want string }{
		{"nothing", "node_modules\n", ".git", ".git/HEAD", ""},
		{"a line asks for the file", "*\n!.git/HEAD\n", ".git", ".git/HEAD", "the ignore file's line !.git/HEAD asks to keep .git/HEAD"},
		{"a line lets the directory above in", "*\n!src\n", "src/.git", "src/.git/HEAD", ""},
		{"a line lets in all of a directory", "*\n!src/**\n", "src/.git", "src/.git/HEAD", ""},
		{"the file is kept out already", ".git\n", ".git", ".git/HEAD", "already keeps them out"},
		{"a file that cannot be read", "a[\n", ".git", ".git/HEAD", "cannot read the ignore file"},
		{"a line that is no pattern", "", "a[", "a[", "no line of an ignore file can match them"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := dockerignore.New([]byte(test.old)).Conflict([]string{test.line}, []string{test.file})
			if !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestMatcher(t *testing.T) {
	excluded, err := dockerignore.Matcher([]string{"**/.git", "!vendor/.git"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a/.git/HEAD": true, "vendor/.git/HEAD": false, "a/b": false} {
		if got := excluded(name); got != want {
			t.Errorf("%s is excluded: %v, want %v", name, got, want)
		}
	}
	if _, err := dockerignore.Matcher([]string{"["}); err == nil {
		t.Error("a line that is no pattern is taken")
	}
}
