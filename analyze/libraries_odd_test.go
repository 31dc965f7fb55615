package analyze_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestLibrariesShowNoSecret: a version may be the address that a module came from, with the login
// in it; nobody gets to see that.
func TestLibrariesShowNoSecret(t *testing.T) {
	img := imagetest.Image{Layers: []imagetest.Layer{{CreatedBy: "COPY app /app # buildkit", Files: []imagetest.File{
		imagetest.Text("app/node_modules/x/package.json", `{"name": "x", "version": "git+https://bob:MadeUpZq8vW3kL0p@git.example.org/x.git#v1"}`),
		imagetest.Text("app/node_modules/y/package.json", `{"name": "https://bob:MadeUpName3kL0p@git.example.org/y", "version": "1", "dependencies": {"x": "1"}}`),
		imagetest.Text("app/node_modules/@babel/core/package.json", `{"name": "@babel/core", "version": "7.26.0-nightly.20241021+5c1a5b4"}`),
	}}}}
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, img.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := analyze.Image(t.Context(), file, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out, []byte("MadeUp")) {
		t.Error("the password of a module's address is in the report")
	}
	for i := range r.Packages {
		if strings.Contains(r.Packages[i].NeededBy+r.Packages[i].PartOf, "MadeUp") {
			t.Errorf("%+v", r.Packages[i])
		}
	}
	for _, want := range []string{`"@babel/core"`, "7.26.0-nightly.20241021+5c1a5b4", "git.example.org/x.git"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("%s is not in the report", want)
		}
	}
}

// TestManyLibrariesInOneDirectory: a directory may have as many packages as fit into a layer; the
// work grows with their number. The test ends at all because it does: paths of 60,000 siblings
// that are each looked up by walking the others take minutes, and a third of them half a minute.
func TestManyLibrariesInOneDirectory(t *testing.T) {
	count := imagetest.Rounds(5_000, 5_000, 60_000)
	files := make([]imagetest.File, 0, count)
	for i := range count {
		files = append(files, imagetest.Text(fmt.Sprintf("site-packages/p%d-1.dist-info/METADATA", i), fmt.Sprintf("Name: p%d\nVersion: 1\n", i)))
	}
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, imagetest.Image{Layers: []imagetest.Layer{{Files: files}}}.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := analyze.Image(t.Context(), file, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Packages) != count {
		t.Errorf("%d packages, want %d", len(r.Packages), count)
	}
}
