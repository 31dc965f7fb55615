package multistage

import "testing"

// TestProjectSource: only what no program reads while it runs is source; a program may open
// all else by a name that it makes up.
func TestProjectSource(t *testing.T) {
	for name, want := range map[string]bool{
		"main.c": true, "lib/count.h": true, "CMakeLists.txt": true, "cmake/find.cmake": true, "README.md": true, "Dockerfile.dev": true, ".git/HEAD": true, "test/words.txt": true, "go.mod": true, "src/lib.rs": true,
		"config/app.yaml": false, "static/a.css": false, "templates/index.html": false, "data/x.txt": false, "words.txt": false, "run.sh": false, "app.py": false, "locale/de.mo": false,
	} {
		if got := isProjectSource(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
