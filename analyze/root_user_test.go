package analyze_test

import (
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestRootByAnyName checks that a container is known to run as root however its user is
// written: the engines read numbers, and look names up in the image's own /etc/passwd.
func TestRootByAnyName(t *testing.T) {
	t.Parallel()
	const accounts = "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\nzeros:x:000:0::/:/bin/sh\napp:x:10001:10001::/:/bin/sh\n0007:x:5:5::/:/bin/sh\n"
	for user, want := range map[string]bool{
		"": true, "root": true, "0": true, "00": true, "+0": true, "-0": true, "0:10001": true, "toor": true, "toor:app": true, "zeros": true,
		"app": false, "10001": false, "10": false, "0007": false, "nobody": false, "0x0": false, "app:0": false,
	} {
		img := imagetest.Image{Config: v1.Config{User: user}, Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Text("etc/passwd", accounts)}}}}
		file := filepath.Join(t.TempDir(), "image.tar")
		if err := os.WriteFile(file, img.OCI().Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := analyze.Image(t.Context(), file, analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Config.Root != want {
			t.Errorf("USER %s: root %t, want %t", user, r.Config.Root, want)
		}
	}
}
