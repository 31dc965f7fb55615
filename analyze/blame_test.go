package analyze_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestCopiesCountWhereTheyAreMade: a chown answers for the bytes that it stores again,
// not the instruction that made them; the layers keep what they hold.
func TestCopiesCountWhereTheyAreMade(t *testing.T) {
	same := func(path string, uid int) imagetest.File {
		f := imagetest.Same(path, path, 1000)
		f.UID = uid
		return f
	}
	img := imagetest.Image{Layers: []imagetest.Layer{
		{CreatedBy: "RUN /bin/sh -c npm install", Files: []imagetest.File{same("app/a", 0), same("root/.npm/_cacache/b", 0), imagetest.Same("app/c", "old", 1000)}},
		{CreatedBy: "RUN /bin/sh -c chown -R 5 /app /root", Files: []imagetest.File{same("app/a", 5), same("root/.npm/_cacache/b", 5)}},
		{CreatedBy: "RUN /bin/sh -c make", Files: []imagetest.File{imagetest.Same("app/c", "new", 1000)}},
	}}
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, img.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := analyze.Image(t.Context(), file, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ layer, instruction int64 }{
		{3000, 2000}, // a stored again, the cache stored again, c replaced; a counts at the chown
		{1000, 2000}, // the cache; and a
		{0, 0},
	} {
		if got := r.Layers[i].WastedBytes; got != want.layer {
			t.Errorf("layer %d wastes %d bytes, want %d", i, got, want.layer)
		}
		if got := r.Instructions[i].WastedBytes; got != want.instruction {
			t.Errorf("%s wastes %d bytes, want %d", r.Instructions[i].Text, got, want.instruction)
		}
	}
}
