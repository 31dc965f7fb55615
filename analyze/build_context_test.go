package analyze

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestBuildContext(t *testing.T) {
	for _, test := range []struct {
		name, in, dockerfile, text string
		files                      []string
		want                       string
		above                      bool
	}{
		{"beside", ".", "a/Dockerfile", "COPY b /b\n", []string{"a/b", "b"}, "a", false},
		{"above", ".", "a/Dockerfile", "COPY b /b\n", []string{"b"}, ".", false},
		{"two above", ".", "a/c/Dockerfile", "COPY m.go [d]/ /b/\nCOPY a/c/x /x\n", []string{"m.go", "a/c/x"}, ".", false},
		{"one of two is nowhere", ".", "a/Dockerfile", "COPY b /b\nCOPY build/x /x\n", []string{"b"}, "a", false},
		{"one of two is beside", ".", "a/Dockerfile", "COPY b /b\nCOPY build/x /x\n", []string{"a/b", "b", "build/x"}, "a", false},
		{"a pattern, which may be nothing", ".", "a/Dockerfile", "COPY b c* /b/\nCOPY */*/*/*/*/*/*/*/x /x\n", []string{"a/b", "b", "c1"}, "a", false},
		{"from the root of the context", ".", "a/Dockerfile", "ADD /b ./c/ /b/\n", []string{"b", "c/d"}, ".", false},
		{"all of it, and nothing tells of where", ".", "a/Dockerfile", "COPY . /b\n", []string{"b", "a/lib/x"}, "a", false},
		{"all of a project that begins above", ".", "a/Dockerfile", "COPY . /b\n", []string{"go.mod"}, ".", false},
		{"all of a project that begins beside", ".", "a/Dockerfile", "COPY . /b\n", []string{"go.mod", "a/package.json"}, "a", false},
		{"all of a project below another", "a", "Dockerfile", "COPY . /b\n", []string{"go.mod", "a/main.c"}, ".", false},
		{"all of what commands name", ".", "a/Dockerfile", "COPY . /b\nRUN chmod +x scripts/run.sh\n", []string{"scripts/run.sh", "a/x"}, ".", false},
		{"all of what a command starts", ".", "a/Dockerfile", "COPY . /b\nCMD [\"python3\", \"app.py\"]\n", []string{"app.py", "a/app.py"}, "a", false},
		{"all, with nothing but the Dockerfile beside", ".", "a/Dockerfile", "COPY . /b\n", []string{"a/nginx.conf", "main.c"}, ".", false},
		{"all, with something beside", ".", "a/Dockerfile", "COPY . /b\n", []string{"a/main.c", "main.c"}, "a", false},
		{"nothing of the context", ".", "a/Dockerfile", "FROM x AS y\nCOPY --from=0 b /b\nADD https://x.org/b $B /c/\n", []string{"b"}, "a", false},
		{"behind a repository's root", ".", "a/Dockerfile", "COPY b /b\n", []string{"b", "a/.git/HEAD"}, "a", false},
		{"above the working directory", "a", "Dockerfile", "COPY b /b\n", []string{"b"}, ".", true},
		{"beside the working directory", "a", "../c/Dockerfile", "COPY b /b\n", []string{"b", "c/x", "a/x"}, "../c", true},
		{"a text that is no Dockerfile", ".", "a/Dockerfile", "NOTHING\n", []string{"b"}, "a", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for _, name := range append(test.files, filepath.Join(test.in, test.dockerfile)) {
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			t.Chdir(test.in)
			got, err := BuildContext(test.dockerfile, []byte("FROM debian\n"+test.text))
			if filepath.ToSlash(got) != test.want || errors.Is(err, ErrContextAbove) != test.above {
				t.Errorf("the context is %q (%v), want %q", got, err, test.want)
			}
		})
	}
}

// TestLinksOutOfTheProject: a diff shows the lines around an edit, so a link that anybody may
// have put there must not lead to other people's files.
func TestLinksOutOfTheProject(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"project/.git", "project/a"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"secret", "project/ignored"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for target, refused := range map[string]bool{"../../secret": true, "../ignored": false} {
		link := filepath.Join(root, "project/a/.dockerignore")
		_ = os.Remove(link)
		if err := os.Symlink(target, link); err != nil {
			t.Skip(err)
		}
		file, err := ReadIgnoreFile(filepath.Join(root, "project/a/Dockerfile"), []byte("FROM debian\n"), "")
		if (err != nil) != refused || (len(file.Data) == 0) != refused || file.Unknown != refused {
			t.Errorf("the link to %s is read as %+v (%v)", target, file, err)
		}
	}
}
