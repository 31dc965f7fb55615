package analyze

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
	"github.com/tare-oci/tare/model"
)

// TestOwnBase: the Dockerfile that builds the base is the one that a file of the project names, else the only one
// by the base's name.
func TestOwnBase(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		base  string
		want  string
	}{
		{"a directory of its name", map[string]string{"base/Dockerfile": "FROM debian\n"}, "acme/base:1", "base/Dockerfile"},
		{"a file of its name", map[string]string{"docker/Dockerfile.runtime": "FROM debian\n"}, "acme/runtime", "docker/Dockerfile.runtime"},
		{"two directories of its name", map[string]string{"a/base/Dockerfile": "FROM debian\n", "b/base/Dockerfile": "FROM debian\n"}, "acme/base:1", ""},
		{"a line of a Makefile", map[string]string{"images/one/Dockerfile": "FROM debian\n", "Makefile": "base:\n\tdocker build --pull -t acme/base:$(VERSION) images/one\n"}, "acme/base:1", "images/one/Dockerfile"},
		{"a file that a script names", map[string]string{"docker/one.Dockerfile": "FROM debian\n", "build.sh": "docker build --file=docker/one.Dockerfile --tag=acme/base .\n"}, "registry.example.org/acme/base:1", "docker/one.Dockerfile"},
		{"a line for another image", map[string]string{"images/one/Dockerfile": "FROM debian\n", "Makefile": "docker build -t acme/web images/one\n"}, "acme/base:1", ""},
		{"a service", map[string]string{"x/Dockerfile": "FROM debian\n", "compose.yml": "services:\n  base:\n    image: acme/base:1\n    build: ./x\n"}, "acme/base:1", "x/Dockerfile"},
		{"a service with a file", map[string]string{"x/Dockerfile.dev": "FROM debian\n", "compose.yml": "services:\n  base:\n    image: acme/base:1\n    build: {context: x, dockerfile: Dockerfile.dev}\n"}, "acme/base:1", "x/Dockerfile.dev"},
		{"an image of Docker Hub's own", map[string]string{"debian/Dockerfile": "FROM scratch\n"}, "debian:12", ""},
		{"no other Dockerfile", nil, "acme/base:1", ""},
	} {
		dir := project(t, test.files)
		got := ""
		for _, n := range readNeighbours(t.Context(), filepath.Join(dir, "Dockerfile"), "acme/svc", test.base) {
			if n.IsBase {
				got = n.Name
			}
		}
		if got != test.want {
			t.Errorf("%s: %q builds %s, want %q", test.name, got, test.base, test.want)
		}
	}
}

// project makes a repository with files, and a Dockerfile at its root where none of them is that.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	write(t, filepath.Join(dir, ".git", "HEAD"), "")
	if _, ok := files["Dockerfile"]; !ok {
		write(t, filepath.Join(dir, "Dockerfile"), "FROM x\n")
	}
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestOwnBaseIsTold: whose image comes mostly from a base of the same project reads how to look at that, whoever
// adds most of it themselves does not.
func TestOwnBaseIsTold(t *testing.T) {
	host := sourcetest.Serve(t, nil)
	for own, told := range map[int64]bool{9: true, 900_000: false} {
		sourcetest.Push(t, host+"/acme/svc:1", imagetest.Image{Layers: []imagetest.Layer{
			{CreatedBy: "ADD base / # buildkit", Files: []imagetest.File{imagetest.Fill("base", 100_000)}},
			{CreatedBy: "COPY app /app # buildkit", Files: []imagetest.File{imagetest.Fill("app", own)}},
		}})
		dir := project(t, map[string]string{"base/Dockerfile": "FROM scratch\nADD base /\n", "Dockerfile": "FROM acme/base:1\nCOPY app /app\n"})
		r, err := Image(t.Context(), "registry:"+host+"/acme/svc:1", Options{Dockerfile: filepath.Join(dir, "Dockerfile")})
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(r.Notes, func(note string) bool { return strings.Contains(note, model.BaseNote) })
		if (at >= 0) != told || told && r.Notes[at] != "100 kB come from a base that this project builds: tare acme/base:1 -f base/Dockerfile" {
			t.Errorf("%d own bytes: %q", own, r.Notes)
		}
	}
}
