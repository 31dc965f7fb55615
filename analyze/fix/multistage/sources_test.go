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

// TestSource: a file that stands anywhere is source only where its name leaves no doubt.
func TestSource(t *testing.T) {
	for base, want := range map[string]bool{
		"main.c": true, "a.S": true, "a.o": true, "Makefile": true, "go.mod": true, "App.csproj": true, "configure": true,
		"BUILD": false, "bootstrap": false, "build.sh": false, "README.md": false, "schema.proto": false, "test": false, "rules.m4": false, "site.in": false,
	} {
		if got := isSource(base); got != want {
			t.Errorf("%s: %v, want %v", base, got, want)
		}
		if want && !isProjectSource("dir/"+base) {
			t.Errorf("%s is source, and none of a project", base)
		}
	}
}
