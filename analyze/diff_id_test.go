package analyze_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
)

// plain is an image of three layers of 1, 2 and 3 kB that are stored as tars, and
// whose config names their diff IDs in an order, or others.
func plain(order ...int) imagetest.Image {
	img := imagetest.Image{Tag: "app:1"}
	for n := 1; n <= 3; n++ {
		img.Layers = append(img.Layers, imagetest.Layer{
			Compression: imagetest.None, CreatedBy: fmt.Sprintf("RUN step %d", n), Files: []imagetest.File{imagetest.Fill(fmt.Sprint("f", n), int64(n)*1000)},
		})
	}
	ids := img.ConfigFile().RootFS.DiffIDs
	for _, n := range order {
		if n < len(ids) {
			img.DiffIDs = append(img.DiffIDs, ids[n])
		} else {
			img.DiffIDs = append(img.DiffIDs, imagetest.Digest([]byte("another layer")))
		}
	}
	return img
}

// TestLayersBelongToTheirInstructions: where manifest and config contradict each
// other, no layer is shown beside an instruction that did not make it.
func TestLayersBelongToTheirInstructions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		order []int
		sizes []int64 // of the layers beside the config's instructions; nil for an error
	}{
		"as it should be":  {[]int{0, 1, 2}, []int64{1000, 2000, 3000}},
		"turned round":     {[]int{2, 1, 0}, []int64{3000, 2000, 1000}},
		"moved on":         {[]int{2, 0, 1}, []int64{3000, 1000, 2000}},
		"one is another's": {[]int{0, 9, 2}, nil},
		"one comes twice":  {[]int{0, 1, 1}, nil},
	} {
		img := plain(c.order...)
		dir := t.TempDir()
		if err := img.OCI().WriteDir(dir); err != nil {
			t.Fatal(err)
		}
		kept, err := store.Open(filepath.Join(t.TempDir(), "cache"), store.DefaultSize)
		if err != nil {
			t.Fatal(err)
		}
		for way, opt := range map[string]analyze.Options{"cold": {}, "cached": {Store: kept}, "cached again": {Store: kept}, "verified": {Verify: true}} {
			for place, reference := range map[string]string{
				"directory": dir, "archive": fileOf(t, img.OCI().Tar()), "docker archive": fileOf(t, img.Docker25().Tar()), "containerd": fileOf(t, img.Containerd().Tar()), "stream": "-",
			} {
				opt.Stdin = bytes.NewReader(img.OCI().Tar())
				r, err := analyze.Image(t.Context(), reference, opt)
				if c.sizes == nil {
					if err == nil || !strings.Contains(err.Error(), "layer ") || !strings.Contains(err.Error(), "digest mismatch") {
						t.Errorf("%s, %s, %s: error %v", name, way, place, err)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s, %s, %s: %v", name, way, place, err)
					continue
				}
				for n, l := range r.Layers {
					if l.Size != c.sizes[n] || l.Instruction == nil || *l.Instruction != n {
						t.Errorf("%s, %s, %s: layer %d has %d bytes, want %d", name, way, place, n, l.Size, c.sizes[n])
					}
				}
				if told := strings.Contains(fmt.Sprint(r.Notes), "in different orders"); told != (name != "as it should be") {
					t.Errorf("%s, %s, %s: notes are %q", name, way, place, r.Notes)
				}
			}
		}
	}
}

// TestRareCompressionIsNoted: an image that Docker loads and Kubernetes does not.
func TestRareCompressionIsNoted(t *testing.T) {
	img := plain()
	img.Layers[1].Compression = imagetest.XZ
	r := image(t, fileOf(t, img.OCI().Tar()))
	if notes := fmt.Sprint(r.Notes); !strings.Contains(notes, "layer 1: it is compressed with xz") || strings.Contains(notes, "layer 0: it is compressed") {
		t.Errorf("notes are %s", notes)
	}
	checkInvariants(t, r)
}

// fileOf writes an archive into a directory of its own.
func fileOf(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
