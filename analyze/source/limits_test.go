package source

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestLimitsOfArchives reaches every limit of what an archive says of its image,
// and passes it: the former opens, the latter is refused with the limit's name,
// read in place and as a stream. Layers, values and manifests of a registry have
// theirs in TestTooManyLayers, TestBroken and TestRegistryErrors.
func TestLimitsOfArchives(t *testing.T) {
	if testing.Short() {
		t.Skip("these archives are large")
	}
	history := func(steps int) imagetest.Archive {
		img := imagetest.Image{Tag: "app:1", Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Text("a", "b")}, CreatedBy: "COPY a /"}}}
		for range steps - 1 {
			img.Layers = append(img.Layers, imagetest.Layer{Empty: true, CreatedBy: "ENV A=b"})
		}
		return img.OCI()
	}
	config := func(bytes int) imagetest.Archive {
		img := imagetest.Image{Tag: "app:1", Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Text("a", "b")}, CreatedBy: "COPY a /"}}}
		img.Config.Labels = map[string]string{"a": ""}
		img.Config.Labels["a"] = strings.Repeat("b", bytes-len(img.OCI().Body(imagetest.Blob(img.ID()))))
		return img.OCI()
	}
	entries := func(n int) imagetest.Archive {
		archive := history(1)
		for i := len(archive); i < n; i++ {
			archive = append(archive, imagetest.File{Path: fmt.Sprint("x", i)})
		}
		return archive
	}
	for _, c := range []struct {
		says    string
		archive func(beyond int) imagetest.Archive
	}{
		{"the config's history has 20001 steps; tare reads at most 20000", func(beyond int) imagetest.Archive { return history(maxHistory + beyond) }},
		{"larger than 32 MiB", func(beyond int) imagetest.Archive { return config(maxDocument + beyond) }},
		{"it holds more than 100000 files", func(beyond int) imagetest.Archive { return entries(maxEntries + beyond) }},
	} {
		for beyond := range 2 {
			packed := c.archive(beyond).Tar()
			_, err := Open(t.Context(), write(t, "image.tar", packed), Options{})
			_, streamed := readStream(mustOpen(t, "-", Options{Stdin: bytes.NewReader(packed)}))
			if beyond > 0 {
				wantError(t, err, c.says)
				wantError(t, streamed, c.says)
			} else if err != nil || streamed != nil {
				t.Errorf("just within %q: %v; as a stream: %v", c.says, err, streamed)
			}
		}
	}
}

// TestLimitOfAnEntry: no header may name more than 64 GiB.
func TestLimitOfAnEntry(t *testing.T) {
	var c contents
	header := &tar.Header{Name: "layer.tar", Typeflag: tar.TypeReg, Size: maxEntrySize}
	if err := c.add(header, entry{}); err != nil {
		t.Error(err)
	}
	header.Size++
	wantError(t, c.add(header, entry{}), "layer.tar is larger than 64 GiB")
}

// TestLimitsOfIndexes reaches every limit of the way from an index to an image.
func TestLimitsOfIndexes(t *testing.T) {
	documents := make(map[string][]byte)
	put := func(doc []byte, media types.MediaType) v1.Descriptor {
		h, err := v1.NewHash(digestOf(doc))
		if err != nil {
			t.Fatal(err)
		}
		documents[h.String()] = doc
		return v1.Descriptor{MediaType: media, Digest: h, Size: int64(len(doc))}
	}
	index := func(of ...v1.Descriptor) v1.Descriptor {
		doc, err := json.Marshal(v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: of})
		if err != nil {
			t.Fatal(err)
		}
		return put(doc, types.OCIImageIndex)
	}
	image := func(n int, padding int) v1.Descriptor {
		doc := fmt.Appendf(nil, `{"schemaVersion":2,"config":{"digest":"sha256:%064d"},"layers":[]}`, n)
		return put(append(doc, bytes.Repeat([]byte(" "), padding)...), types.OCIManifestSchema1)
	}
	expand := func(d v1.Descriptor) error {
		r := &resolver{fetch: func(_ context.Context, d v1.Descriptor) ([]byte, error) { return documents[d.Digest.String()], nil }}
		images, err := r.expand(t.Context(), []candidate{{desc: d}})
		for _, c := range images {
			if err == nil && c.desc.Size > 1<<20 {
				_, err = r.manifest(t.Context(), c.desc)
			}
		}
		return err
	}
	for _, c := range []struct {
		says string
		try  func(beyond int) error
	}{
		{"its indexes lie more than 8 deep in each other", func(beyond int) error {
			d := image(0, 0)
			for range maxNesting + beyond {
				d = index(d)
			}
			return expand(d)
		}},
		{"its index lists more than 10000 manifests", func(beyond int) error {
			list := make([]v1.Descriptor, maxManifests+beyond)
			for i := range list {
				list[i] = image(i, 0)
			}
			return expand(index(list...))
		}},
		{"larger than 32 MiB", func(beyond int) error {
			d := image(0, 2<<20)
			d.Size = int64(maxDocument + beyond)
			return expand(index(d))
		}},
		{"its manifests and configs add up to more than 96 MiB", func(beyond int) error {
			const each = 24 << 20
			return expand(index(image(1, each), image(2, each), image(3, each), image(4, each-(1<<20)*(1-beyond))))
		}},
	} {
		if err := c.try(0); err != nil {
			t.Errorf("just within %q: %v", c.says, err)
		}
		wantError(t, c.try(1), c.says)
	}
}
