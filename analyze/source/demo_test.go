package source

import (
	"context"
	"testing"

	"github.com/tare-oci/tare/analyze/demo"
)

func TestDemo(t *testing.T) {
	for _, name := range demo.Names() {
		t.Run(name, func(t *testing.T) {
			img := mustOpen(t, "demo:"+name, Options{})
			if img.Source != viaDemo || img.Reference != name || len(img.Layers) == 0 {
				t.Errorf("source %q, reference %q, %d layers", img.Source, img.Reference, len(img.Layers))
			}
			checkLayers(t, img)
		})
	}
	_, err := Open(context.Background(), "demo:nothing", Options{})
	wantError(t, err, "demo:nothing", "no such sample", demo.Names()[0])
}
