package analyze_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// TestForgedEquality: contents that a fast hash cannot tell apart are no copies
// of each other, however their layers are stored, and with a cache as without.
// A true copy beside them still is one.
func TestForgedEquality(t *testing.T) {
	t.Parallel()
	x, y := imagetest.SameXXHash(5000)
	long, forged := imagetest.SameXXHash(100_000)
	for _, how := range imagetest.Compressions() {
		t.Run(how.String(), func(t *testing.T) {
			img := imagetest.Image{Layers: []imagetest.Layer{
				{Compression: how, CreatedBy: "RUN a # buildkit", Files: []imagetest.File{{Path: "app/prog", Body: x}, {Path: "app/long", Body: long}, {Path: "app/same", Body: x}}},
				{Compression: how, CreatedBy: "RUN b # buildkit", Files: []imagetest.File{
					{Path: "app/prog", Body: y}, {Path: "app/long", Body: forged}, {Path: "app/other", Body: long}, {Path: "app/same", Body: x},
				}},
			}}
			path := filepath.Join(t.TempDir(), "image.tar")
			if err := os.WriteFile(path, img.OCI().Tar(), 0o600); err != nil {
				t.Fatal(err)
			}
			kept, err := store.Open(filepath.Join(t.TempDir(), "cache"), store.DefaultSize)
			if err != nil {
				t.Fatal(err)
			}
			first := ""
			for name, opt := range map[string]analyze.Options{"plain": {}, "verify": {Verify: true}, "cold": {Store: kept}, "warm": {Store: kept}} {
				r, err := analyze.Image(t.Context(), path, opt)
				if err != nil {
					t.Fatal(name, err)
				}
				if got := written(t, r); first == "" {
					first = got
				} else if got != first {
					t.Errorf("%s: the report is another one", name)
				}
				want := map[string]model.Cause{"app/prog": model.Replaced, "app/long": model.Replaced, "app/same": model.Copied}
				for i := range r.Tree.Records {
					v := &r.Tree.Records[i]
					if name := r.Tree.Path(v.Node); v.Kind == model.File && v.Layer == 0 && v.Cause != want[name] {
						t.Errorf("%s is %v", name, v.Cause)
					}
				}
				if r.Summary.DuplicateBytes != 0 {
					t.Errorf("%s: %d bytes are called duplicates", name, r.Summary.DuplicateBytes)
				}
			}
		})
	}
}
