package sourcetest

import (
	"context"
	"testing"

	"github.com/tare-oci/tare/analyze/source/image"
)

// MustOpen opens an image with open, which is source.Open, and closes it when the test
// ends. (This package cannot name source.Open: source's own tests import it.)
func MustOpen(t *testing.T, open func(context.Context, string, image.Options) (*image.Image, error), reference string, opt image.Options) *image.Image {
	t.Helper()
	img, err := open(context.Background(), reference, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { img.Close() })
	return img
}
