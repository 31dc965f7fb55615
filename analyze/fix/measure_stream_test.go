package fix_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
)

// TestMeasureStream measures an image that an engine sends: it gives what measuring the
// same archive in a file gives, for one more sending, and another image is refused.
func TestMeasureStream(t *testing.T) {
	img := imagetest.Image{Layers: []imagetest.Layer{
		{Files: []imagetest.File{imagetest.Fill("base", 50_000)}},
		{Files: []imagetest.File{imagetest.Fill("keep", 40_000), imagetest.Fill("var/cache/apt/archives/a.deb", 90_000)}},
		{Files: []imagetest.File{imagetest.Fill("base", 50_000)}}, // the blob of the first
	}}
	engine := &enginetest.Engine{Image: img, API: "1.41"}
	host, _ := enginetest.Listen(t, engine)
	t.Setenv("DOCKER_HOST", host)
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, img.Legacy().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	var pulls []int64
	for _, reference := range []string{file, "docker:app"} {
		image, err := analyze.Open(t.Context(), reference, analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer image.Close()
		analyzed, err := image.Analyze(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r := analyzed.Report
		edits := &fix.Result{Saved: make([]bool, len(r.Findings))}
		for i := range edits.Saved {
			edits.Saved[i] = r.Findings[i].Rule == "apt-cache"
		}
		pull, err := fix.Measure(t.Context(), image.Image, r, edits)
		if err != nil {
			t.Fatal(err)
		}
		pulls = append(pulls, pull)
		if reference == file {
			continue
		}
		if n := engine.Saves.Load(); n != 2 {
			t.Errorf("the engine sent the image %d times, want once to analyse and once to measure it", n)
		}
		engine.Image.Layers = engine.Image.Layers[:2]
		if _, err := fix.Measure(t.Context(), image.Image, r, edits); err == nil || !strings.Contains(err.Error(), "has changed in the meantime") {
			t.Errorf("the tag moved, and it is measured: %v", err)
		}
	}
	// The noise in the files does not compress.
	if pulls[0] != pulls[1] || pulls[0] < 140_000 || pulls[0] > 145_000 {
		t.Errorf("a file measures %d, the engine's image %d", pulls[0], pulls[1])
	}
}
