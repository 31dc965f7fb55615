package registry_test

import (
	"context"
	"os"
	"testing"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestMain(m *testing.M) { os.Exit(sourcetest.Isolate(m)) }

// mustOpen opens an image and closes it when the test ends.
func mustOpen(t *testing.T, reference string, opt source.Options) *source.Image {
	t.Helper()
	img, err := source.Open(context.Background(), reference, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { img.Close() })
	return img
}
