package manifest_test

import (
	"bytes"
	"context"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// wrapped puts the entries of a layout's index.json into an index of their own.
func wrapped(t *testing.T, archive imagetest.Archive) imagetest.Archive {
	t.Helper()
	inner := archive.Body("index.json")
	d := v1.Descriptor{MediaType: types.OCIImageIndex, Digest: imagetest.Digest(inner), Size: int64(len(inner))}
	return archive.With(imagetest.Blob(d.Digest), inner).With("index.json", sourcetest.IndexDoc(t, d))
}

// everyWay opens a layout as an archive in place, as a stream, as a directory and
// below an index, and calls check for each.
func everyWay(t *testing.T, archive imagetest.Archive, platform string, check func(t *testing.T, img *source.Image, err error)) {
	t.Helper()
	for name, a := range map[string]imagetest.Archive{"flat": archive, "nested": wrapped(t, archive)} {
		t.Run(name+" archive", func(t *testing.T) {
			t.Parallel() // a file that was written just now is waited for
			img, err := source.Open(context.Background(), sourcetest.WriteFile(t, "image.tar", a.Tar()), source.Options{Platform: platform})
			check(t, img, err)
		})
		t.Run(name+" stream", func(t *testing.T) {
			t.Parallel()
			img := mustOpen(t, "-", source.Options{Platform: platform, Stdin: bytes.NewReader(a.Tar())})
			_, err := sourcetest.ReadStream(img)
			check(t, img, err)
		})
		t.Run(name+" directory", func(t *testing.T) {
			t.Parallel()
			img, err := source.Open(context.Background(), sourcetest.Directory(t, a), source.Options{Platform: platform})
			check(t, img, err)
		})
	}
}
