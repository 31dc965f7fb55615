package source_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
)

// TestAbsent tells what is not there from what is there and cannot be read: a gate may take
// only the first for an image that does not exist yet.
func TestAbsent(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) {
		t.Helper()
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("broken/oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	write("broken/blobs/sha256/none", nil)
	write("above/layout/index.json", []byte(`{}`))
	write("skopeo/version", []byte("Directory Transport Version: 1.1\n"))
	write("docker/manifest.json", []byte(`[{"Config":"gone.json","RepoTags":["a:1"],"Layers":[]}]`))
	write("project/main.go", []byte("package main"))
	write("other.tar", imagetest.Tar(imagetest.Text("etc/motd", "hello")))
	write("report.json", []byte(`{}`))
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"nowhere": true, "nowhere/else.tar": true, "nowhere.tar:app": true,
		"broken": false, "above": false, "skopeo": false, "docker": false, "project": false, "empty": false, "other.tar": false, "report.json": false,
	} {
		for _, transport := range []string{"", "oci-dir:", "dir:", "oci-archive:", "docker-archive:"} {
			img, err := source.Open(t.Context(), transport+filepath.Join(dir, filepath.FromSlash(name)), source.Options{})
			if err == nil {
				img.Close()
				t.Errorf("%s%s opens", transport, name)
			} else if got := source.Absent(err); got != want {
				t.Errorf("%s%s: absent is %t, want %t: %v", transport, name, got, want, err)
			}
		}
	}
}
