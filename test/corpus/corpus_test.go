package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest/dockerfile"
	"github.com/tare-oci/tare/ui/cli"
)

// asTare makes the test binary the program that it tests.
const asTare = "TARE_CORPUS_AS_TARE"

func TestMain(m *testing.M) {
	if os.Getenv(asTare) != "" {
		cli.Main()
		return
	}
	os.Exit(m.Run())
}

// TestFixesKeepDockerfilesWorking follows the Dockerfiles of testdata before and after
// each strategy of tare fix: every diff applies, what it makes parses, is smaller, and fails at
// nothing at which the original does not.
func TestFixesKeepDockerfilesWorking(t *testing.T) {
	home := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{asTare: "1", "HOME": home, "XDG_CACHE_HOME": home, "DOCKER_CONFIG": home} {
		t.Setenv(name, value)
	}
	files, err := filepath.Glob("testdata/*.Dockerfile")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d Dockerfiles, %v", len(files), err)
	}
	r := &runner{tare: self, out: t.TempDir(), archive: dockerfile.Debian()}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			rows := r.one(f)
			if len(rows) != len(strategies) {
				t.Fatalf("%+v", rows)
			}
			for _, w := range rows {
				check(t, r, w)
			}
		})
	}
}

func check(t *testing.T, r *runner, w row) {
	t.Helper()
	said, err := os.ReadFile(filepath.Join(r.out, w.file, w.strategy+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case w.status != 0 || w.hunks == 0:
		t.Errorf("%s: status %d, %d hunks: %s", w.strategy, w.status, w.hunks, said)
	case w.applies != "yes" || w.parses != "yes":
		t.Errorf("%s: the diff applies: %s, its Dockerfile parses: %s: %s", w.strategy, w.applies, w.parses, said)
	case len(w.problems) > 0:
		t.Errorf("%s: the edited Dockerfile would fail: %q\n%s", w.strategy, w.problems, said)
	case w.after >= w.before:
		t.Errorf("%s: %d bytes instead of %d\n%s", w.strategy, w.after, w.before, said)
	}
}
