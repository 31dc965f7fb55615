package source

import (
	"bytes"
	"context"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestRootFilesystems opens layers that are no images, however they are stored:
// from a file and from standard input.
func TestRootFilesystems(t *testing.T) {
	for _, how := range imagetest.Compressions() {
		t.Run(how.String(), func(t *testing.T) {
			layer := sample().Layers[0]
			layer.Compression = how
			content := layer.Stored()
			path := write(t, "rootfs.tar", content)
			img, err := Open(context.Background(), path, Options{})
			if err == nil { // a compressed archive is read on the way
				t.Cleanup(func() { img.Close() })
				_, err = readStream(img)
			}
			wantError(t, err, "the tar is no image", "docker import")
			img = mustOpen(t, "-", Options{Stdin: bytes.NewReader(content)})
			_, err = readStream(img)
			wantError(t, err, "the tar is no image")
		})
	}
}

// TestInPlaceAndStreamed opens one image in every shape from a file and from
// standard input: both find the same image and the same layers.
func TestInPlaceAndStreamed(t *testing.T) {
	all := shapes()
	for _, how := range imagetest.Compressions() {
		img := sample()
		for n := range img.Layers {
			img.Layers[n].Compression = how
		}
		all["oci "+how.String()] = img.OCI()
	}
	for name, archive := range all {
		t.Run(name, func(t *testing.T) {
			content := archive.Tar()
			inPlace := mustOpen(t, write(t, "image.tar", content), Options{})
			checkLayers(t, inPlace)
			streamed := mustOpen(t, "-", Options{Stdin: bytes.NewReader(content)})
			checkLayers(t, streamed)
			if len(inPlace.Layers) == 0 || len(inPlace.Layers) != len(streamed.Layers) || inPlace.ID != streamed.ID || inPlace.Digest != streamed.Digest {
				t.Errorf("in place %d layers of %s, streamed %d of %s", len(inPlace.Layers), inPlace.ID, len(streamed.Layers), streamed.ID)
			}
		})
	}
}
