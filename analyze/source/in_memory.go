package source

import (
	"context"
	"io"

	"github.com/tare-oci/tare/analyze/source/archive"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// OpenInMemory opens an OCI archive of size bytes that lies in memory. The name is
// what the image is called; builtIn says that it is a sample, see [Layer]. The reader is
// used until the image is closed.
func OpenInMemory(ctx context.Context, name string, at io.ReaderAt, size int64, builtIn bool, opt Options) (*Image, error) {
	img := &Image{Reference: name, Source: archive.OCI, Model: true}
	img.OnAgain(func(ctx context.Context) (*Image, error) { return OpenInMemory(ctx, name, at, size, builtIn, opt) })
	if err := archive.OpenAt(ctx, at, size, archive.OCI, img, opt); err != nil {
		img.Close()
		return nil, &usererror.OpError{Act: "opening " + name, Err: err}
	}
	for i := range img.Layers {
		img.Layers[i].BuiltIn = builtIn
	}
	return img, nil
}
