package workspace

import (
	"os"
	"path/filepath"
	"testing"
)

// TestElsewhere: a directory of the context is none to save in, and what is proposed lies outside.
func TestElsewhere(t *testing.T) {
	home, project, temp := t.TempDir(), t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	sub := filepath.Join(project, "sub")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ at, line, want string }{
		{project, "docker build -t app .", home},
		{project, "docker build . -t app", home},
		{project, "docker build -o sub .", home},
		{sub, "docker build -f sub/Dockerfile ..", home},
		{project, "docker build sub", ""},
		{project, "docker build https://git.lan/app.git", ""},
		{project, "make image", ""},
		{home, "docker build .", temp},
	} {
		t.Chdir(row.at)
		w := New(Options{Command: row.line, Getenv: func(string) string { return "" }})
		if got := w.Elsewhere(nil); got != row.want {
			t.Errorf("%s in %s: %q, want %q", row.line, row.at, got, row.want)
		}
	}
}

func TestNameOfABuild(t *testing.T) {
	w := New(Options{Getenv: func(string) string { return "" }})
	for line, want := range map[string]string{
		"docker build -t 'app:1-tare' .": "app:1-tare", "docker buildx build --tag=app .": "app", "docker build .": "", "make image": "", "docker build '": "",
	} {
		if got := w.Name(line); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}
