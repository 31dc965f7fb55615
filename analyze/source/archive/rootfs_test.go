package archive_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestRootFilesystems opens layers that are no images, however they are stored:
// from a file and from standard input.
func TestRootFilesystems(t *testing.T) {
	t.Parallel()
	for _, how := range imagetest.Compressions() {
		t.Run(how.String(), func(t *testing.T) {
			layer := sourcetest.Sample().Layers[0]
			layer.Compression = how
			content := layer.Stored()
			path := sourcetest.WriteFile(t, "rootfs.tar", content)
			img, err := source.Open(context.Background(), path, source.Options{})
			if err == nil { // a compressed archive is read on the way
				t.Cleanup(func() { img.Close() })
				_, err = sourcetest.ReadStream(img)
			}
			sourcetest.WantError(t, err, "the tar is not an image", "docker import")
			img = mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(content)})
			_, err = sourcetest.ReadStream(img)
			sourcetest.WantError(t, err, "the tar is not an image")
		})
	}
}

// TestInPlaceAndStreamed opens one image in every shape from a file and from
// standard input: both find the same image and the same layers.
func TestInPlaceAndStreamed(t *testing.T) {
	t.Parallel()
	all := sourcetest.Shapes()
	for _, how := range imagetest.Compressions() {
		img := sourcetest.Sample()
		for n := range img.Layers {
			img.Layers[n].Compression = how
		}
		all["oci "+how.String()] = img.OCI()
	}
	for name, archive := range all {
		t.Run(name, func(t *testing.T) {
			content := archive.Tar()
			inPlace := mustOpen(t, sourcetest.WriteFile(t, "image.tar", content), source.Options{})
			sourcetest.CheckLayers(t, inPlace)
			streamed := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(content)})
			sourcetest.CheckLayers(t, streamed)
			if len(inPlace.Layers) == 0 || len(inPlace.Layers) != len(streamed.Layers) || inPlace.ID != streamed.ID || inPlace.Digest != streamed.Digest {
				t.Errorf("in place %d layers of %s, streamed %d of %s", len(inPlace.Layers), inPlace.ID, len(streamed.Layers), streamed.ID)
			}
		})
	}
}
