package analyze_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// sameEverywhere holds what of tells of an image's report against a list, in each way in which
// layers are read and out of the cache. It returns the last report.
func sameEverywhere(t *testing.T, img imagetest.Image, want []string, of func(*model.Report) []string) (r *model.Report) {
	t.Helper()
	cached, err := store.Open(filepath.Join(t.TempDir(), "cache"), store.DefaultSize)
	if err != nil {
		t.Fatal(err)
	}
	plain := img
	plain.Layers = nil
	for _, l := range img.Layers {
		l.Compression = imagetest.None
		plain.Layers = append(plain.Layers, l)
	}
	for _, c := range []struct {
		name    string
		archive imagetest.Archive
		opt     analyze.Options
	}{
		{"streamed", img.OCI(), analyze.Options{}},
		{"in place", plain.OCI(), analyze.Options{}},
		{"verified", plain.OCI(), analyze.Options{Verify: true}},
		{"an old archive", img.Legacy(), analyze.Options{}},
		{"first into the cache", img.OCI(), analyze.Options{Store: cached}},
	} {
		file := filepath.Join(t.TempDir(), "image.tar")
		if err := os.WriteFile(file, c.archive.Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time out of the cache, where there is one
			if r, err = analyze.Image(t.Context(), file, c.opt); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, of(r)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	}
	return r
}
