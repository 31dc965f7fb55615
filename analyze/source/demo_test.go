package source

import (
	"context"
	"testing"

	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestDemo(t *testing.T) {
	var smallest *Image
	for _, name := range demo.Names() {
		img := mustOpen(t, "demo:"+name, Options{})
		if img.Source != demoTransport || img.Reference != name || len(img.Layers) == 0 {
			t.Errorf("%s: source %q, reference %q, %d layers", name, img.Source, img.Reference, len(img.Layers))
		}
		if smallest == nil || weight(img) < weight(smallest) {
			smallest = img
		}
	}
	sourcetest.CheckLayers(t, smallest)
	_, err := Open(context.Background(), "demo:nothing", Options{})
	sourcetest.WantError(t, err, "demo:nothing", "no such sample", demo.Names()[0])
}

// weight is how many bytes there are to read.
func weight(img *Image) (bytes int64) {
	for _, l := range img.Layers {
		bytes += l.Size
	}
	return bytes
}
