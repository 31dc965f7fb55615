package load

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// TestReadKnowsWhoseALibrarysFilesAre: two packages of one name, in different places, still own
// their own files in a report that was saved.
func TestReadKnowsWhoseALibrarysFilesAre(t *testing.T) {
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, imagetest.Libraries().OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := analyze.Image(t.Context(), file, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	written := saved(t, want, true)
	got, err := Read(bytes.NewReader(written))
	if err != nil {
		t.Fatal(err)
	}
	if again := saved(t, got, true); !bytes.Equal(again, written) {
		t.Errorf("(-written +read and written):\n%s", cmp.Diff(string(written), string(again)))
	}
	owners := func(r *model.Report) map[string]string {
		all := make(map[string]string)
		for v := range r.Tree.Files() {
			if at := r.Tree.Owner(v.Record); at >= 0 {
				all[r.Tree.Path(v.Name)] = r.Packages[at].Manager + " " + r.Packages[at].Location
			}
		}
		return all
	}
	if diff := cmp.Diff(owners(want), owners(got)); diff != "" {
		t.Errorf("(-analysed +read):\n%s", diff)
	}
	if at := owners(want)["app/node_modules/web/node_modules/depth/package.json"]; at != "npm app/node_modules/web/node_modules/depth" {
		t.Errorf("the inner module's file is of %q", at)
	}
}
