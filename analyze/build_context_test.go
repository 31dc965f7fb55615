package analyze

import (
	"os"
	"path/filepath"
	"testing"
)

func TestBuildContext(t *testing.T) {
	for _, test := range []struct {
		name, dockerfile, text string
		files                  []string
		want                   string
	}{
		{"beside", "a/Dockerfile", "COPY b /b\n", []string{"a/b", "b"}, "a"},
		{"above", "a/Dockerfile", "COPY b /b\n", []string{"b"}, "."},
		{"two above", "a/c/Dockerfile", "COPY b/*.go [d]/ /b/\nCOPY a/c/x /x\n", []string{"b/m.go", "d/y", "a/c/x", "a/b/m.go"}, "."},
		{"one of two is nowhere", "a/Dockerfile", "COPY b /b\nCOPY build/x /x\n", []string{"b"}, "a"},
		{"from the root of the context", "a/Dockerfile", "ADD /b ./c/ /b/\n", []string{"b", "c/d"}, "."},
		{"all of it", "a/Dockerfile", "COPY . /b\n", []string{"b"}, "a"},
		{"nothing of the context", "a/Dockerfile", "FROM x AS y\nCOPY --from=0 b /b\nADD https://x.org/b $B /c/\n", []string{"b"}, "a"},
		{"behind a repository's root", "a/Dockerfile", "COPY b /b\n", []string{"b", "a/.git/HEAD"}, "a"},
		{"no Dockerfile", "a/Dockerfile", "NOTHING", []string{"b"}, "a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for _, name := range append(test.files, test.dockerfile) {
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text := []byte("FROM debian\n" + test.text)
			if test.text == "NOTHING" {
				text = []byte(test.text)
			}
			if got := BuildContext(test.dockerfile, text); got != test.want {
				t.Errorf("the context is %q, want %q", got, test.want)
			}
			whole, err := filepath.Abs(test.dockerfile)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := BuildContext(whole, text), filepath.Join(filepath.Dir(whole), mustRel(t, filepath.Dir(test.dockerfile), test.want)); got != want {
				t.Errorf("by its whole path the context is %q, want %q", got, want)
			}
		})
	}
}

func mustRel(t *testing.T, from, to string) string {
	t.Helper()
	way, err := filepath.Rel(from, to)
	if err != nil {
		t.Fatal(err)
	}
	return way
}
