package source

import (
	"context"

	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/source/archive"
)

// openDemo opens a built-in sample, which is an OCI archive in memory.
func openDemo(ctx context.Context, name string, img *Image, opt Options) error {
	at, size, err := demo.Archive(name)
	if err != nil {
		return err // names the samples there are
	}
	img.Source, img.Model = demoTransport, true
	if err := archive.OpenAt(ctx, at, size, archive.OCI, img, opt); err != nil {
		return err
	}
	for i := range img.Layers {
		img.Layers[i].BuiltIn = true
	}
	return nil
}

// demoTransport is the transport of the built-in samples.
const demoTransport = "demo"
