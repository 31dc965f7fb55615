package fix

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

func tarOf(t *testing.T, files ...imagetest.File) []byte {
	t.Helper()
	return imagetest.Tar(files...)
}

func TestFilterCopiesEverythingElse(t *testing.T) {
	long := string(bytes.Repeat([]byte("d/"), 120)) + "name"
	a, b, c := imagetest.Fill("a", 700), imagetest.Fill(long, 512), imagetest.Text("c", "x")
	again := imagetest.Same("a", "other", 3000)
	whole := tarOf(t, imagetest.Dir("dir"), a, b, again, imagetest.HardLink("h", "a"), c)
	for _, test := range []struct {
		name string
		drop map[string][]bool
		want []byte
	}{
		{"nothing", map[string][]bool{"a": {false, false}}, whole},
		{"the first of two", map[string][]bool{"a": {true, false}}, tarOf(t, imagetest.Dir("dir"), b, again, imagetest.HardLink("h", "a"), c)},
		{"the second of two", map[string][]bool{"a": {false, true}}, tarOf(t, imagetest.Dir("dir"), a, b, imagetest.HardLink("h", "a"), c)},
		{"a long name and the last", map[string][]bool{long: {true}, "c": {true}}, tarOf(t, imagetest.Dir("dir"), a, again, imagetest.HardLink("h", "a"))},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got bytes.Buffer
			if err := filter(&got, bytes.NewReader(whole), test.drop); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), test.want) {
				t.Errorf("%d bytes come out, want %d: %v", got.Len(), len(test.want), names(t, got.Bytes()))
			}
		})
	}
	if err := filter(io.Discard, bytes.NewReader(whole[:800]), nil); err == nil {
		t.Error("a tar that ends early is taken")
	}
}

func names(t *testing.T, archive []byte) (out []string) {
	t.Helper()
	r := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := r.Next()
		if err != nil {
			return out
		}
		out = append(out, h.Name)
	}
}

// TestMeasure measures an image of two gzip layers of which one loses a file.
func TestMeasure(t *testing.T) {
	keep, lose := imagetest.Fill("keep", 40_000), imagetest.Fill("lose", 90_000)
	img := imagetest.Image{Layers: []imagetest.Layer{
		{Files: []imagetest.File{imagetest.Fill("base", 5000)}, Compression: imagetest.Gzip},
		{Files: []imagetest.File{keep, lose}, Compression: imagetest.Gzip},
	}}
	name := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(name, img.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	tree := model.NewTree()
	for i, file := range []string{"base", "keep", "lose"} {
		node := tree.AddNode(model.Root, file)
		record := model.Record{Node: node, Ref: model.NoFinding, Gone: model.StillThere, Kind: model.File}
		if i == 2 {
			record.Ref = 0
		}
		tree.Push(record)
	}
	tree.Starts = []int{0, 1, 3}
	r := &model.Report{Tree: tree, Layers: []model.Layer{{CompressedSize: model.Ptr(int64(4321))}, {CompressedSize: model.Ptr(int64(99999))}}, Findings: make([]model.Finding, 1)}

	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(tarOf(t, keep))
	_ = z.Close()
	image, err := source.Open(t.Context(), "oci-archive:"+name, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	got, err := Measure(t.Context(), image, r, &Result{Saved: []bool{true}})
	if want := int64(4321 + b.Len()); err != nil || got != want {
		t.Errorf("measured %d (%v), want %d", got, err, want)
	}
	got, err = Measure(t.Context(), image, r, &Result{Saved: []bool{false}})
	if err != nil || got != 4321+99999 {
		t.Errorf("measured %d (%v) where nothing goes", got, err)
	}
}
