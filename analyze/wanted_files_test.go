package analyze_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/packages"
)

// TestUnaskedIsToldToWhoInstalls: that a base image does not say why its packages
// are there is nothing that a Dockerfile above it could change.
func TestUnaskedIsToldToWhoInstalls(t *testing.T) {
	status := func(names ...string) imagetest.File {
		var b strings.Builder
		for _, name := range names {
			b.WriteString("Package: " + name + "\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n")
		}
		return imagetest.Text("var/lib/dpkg/status", b.String())
	}
	for name, test := range map[string]struct {
		above imagetest.File
		base  string
		told  bool
	}{
		"the base's alone": {imagetest.Text("app", "x"), "1", false},
		"no base":          {imagetest.Text("app", "x"), "", true},
		"one more":         {status("bash", "git"), "1", true},
		"one fewer":        {status(), "1", false},
	} {
		t.Run(name, func(t *testing.T) {
			image := imagetest.Image{Layers: []imagetest.Layer{
				{CreatedBy: "COPY rootfs / # buildkit", Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{status("bash")}},
				{CreatedBy: "COPY app / # buildkit", Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{test.above}},
			}}
			path := filepath.Join(t.TempDir(), "image.tar")
			if err := os.WriteFile(path, image.OCI().Tar(), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := analyze.Image(t.Context(), path, analyze.Options{Base: test.base})
			if err != nil {
				t.Fatal(err)
			}
			told := slices.ContainsFunc(r.Notes, func(note string) bool { return strings.HasSuffix(note, packages.Unasked) })
			if told != test.told {
				t.Errorf("told: %t, want %t; notes: %q", told, test.told, r.Notes)
			}
		})
	}
}
