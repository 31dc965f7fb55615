package manifest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestLimitsOfIndexes reaches every limit of the way from an index to an image.
func TestLimitsOfIndexes(t *testing.T) {
	documents := make(map[string][]byte)
	put := func(doc []byte, media types.MediaType) v1.Descriptor {
		h, err := v1.NewHash(DigestOf(doc))
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
		r := &Resolver{Fetch: func(_ context.Context, d v1.Descriptor) ([]byte, error) { return documents[d.Digest.String()], nil }}
		images, err := r.Expand(t.Context(), []Candidate{{Desc: d}})
		for _, c := range images {
			if err == nil && c.Desc.Size > 1<<20 {
				_, err = r.manifest(t.Context(), c.Desc)
			}
		}
		return err
	}
	for _, c := range []struct {
		says string
		try  func(beyond int) error
	}{
		{"its indexes are nested more than 8 deep", func(beyond int) error {
			d := image(0, 0)
			for range MaxNesting + beyond {
				d = index(d)
			}
			return expand(d)
		}},
		{"its index lists more than 10000 manifests", func(beyond int) error {
			list := make([]v1.Descriptor, MaxManifests+beyond)
			for i := range list {
				list[i] = image(i, 0)
			}
			return expand(index(list...))
		}},
		{"larger than 32 MiB", func(beyond int) error {
			d := image(0, 2<<20)
			d.Size = int64(MaxDocument + beyond)
			return expand(index(d))
		}},
		{"its manifests and configs add up to more than 96 MiB", func(beyond int) error {
			const each = 24 << 20
			return expand(index(image(1, each), image(2, each), image(3, each), image(4, each-(1<<20)*(1-beyond))))
		}},
	} {
		if imagetest.Rounds(0, 0, 1) > 0 {
			if err := c.try(0); err != nil {
				t.Errorf("just within %q: %v", c.says, err)
			}
		}
		sourcetest.WantError(t, c.try(1), c.says)
	}
}
