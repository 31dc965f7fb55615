package source

import (
	"context"

	"github.com/tare-oci/tare/analyze/demo"
)

// openDemo opens a built-in sample, which is an OCI archive in memory.
func openDemo(ctx context.Context, name string, img *Image, opt Options) error {
	at, size, err := demo.Archive(name)
	if err != nil {
		return err // names the samples there are
	}
	img.Source = viaDemo
	return openAt(ctx, at, size, viaOCIArchive, img, opt)
}

// viaDemo is the transport of the built-in samples.
const viaDemo = "demo"
