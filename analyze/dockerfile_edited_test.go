package analyze_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestEditedDockerfile: where it may differ, a Dockerfile that does not match is a note,
// and what one question was answered with is no answer to the other.
func TestEditedDockerfile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	img := imagetest.Image{Layers: []imagetest.Layer{
		{Files: []imagetest.File{imagetest.Text("a", "a")}, CreatedBy: "COPY a / # buildkit"},
		{Files: []imagetest.File{imagetest.Text("b", "b")}, CreatedBy: "RUN /bin/sh -c make b # buildkit"},
	}}
	archive := write("image.tar", string(img.OCI().Tar()))
	edited := write("edited", "FROM scratch\nCOPY a /\nRUN make c && curl -u a:SEKRET1 http://x\n")
	same := write("same", "FROM scratch\nCOPY a /\nRUN make b\n")
	kept := newCache(t)
	for range 2 {
		for _, noTree := range []bool{false, true} {
			opt := analyze.Options{Dockerfile: edited, Store: kept, NoTree: noTree}
			if _, err := analyze.Image(t.Context(), archive, opt); err == nil || !strings.Contains(err.Error(), "edited:3") {
				t.Errorf("a file that has to match: %v", err)
			}
			opt.DockerfileMayDiffer = true
			r, err := analyze.Image(t.Context(), archive, opt)
			if err != nil {
				t.Fatal(err)
			}
			notes := strings.Join(r.Notes, "\n")
			if !strings.Contains(notes, "edited since the image was built") || strings.Contains(notes, "SEKRET1") || r.Dockerfile != nil {
				t.Errorf("notes %q, a Dockerfile %v", notes, r.Dockerfile)
			}
			if diff := cmp.Diff([]string{"-", "-"}, layerLines(r)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			opt.Dockerfile = same
			if r, err = analyze.Image(t.Context(), archive, opt); err != nil || r.Dockerfile == nil {
				t.Errorf("one that matches: %v, %v", r, err)
			}
		}
	}
	_ = os.Remove(edited)
	if _, err := analyze.Image(t.Context(), archive, analyze.Options{Dockerfile: edited, DockerfileMayDiffer: true}); err == nil {
		t.Error("a file that is not there is no error")
	}
}
