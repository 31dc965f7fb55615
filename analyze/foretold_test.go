package analyze_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
)

// TestForetold: what an engine says of an image is told before it sends a byte of it,
// with the word that it is packing; who stops then keeps that.
func TestForetold(t *testing.T) {
	for _, stop := range []bool{false, true} {
		_, img := pair()
		img.Config.Cmd = []string{"/app"}
		// Of this one the engine says that it has no size, so that it looks like a setting.
		img.Layers = append(img.Layers, imagetest.Layer{CreatedBy: "RUN true"}, imagetest.Layer{Empty: true, CreatedBy: `CMD ["/app"]`})
		said := img.ConfigFile()
		said.History[len(said.History)-2].EmptyLayer = true
		foretold := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		e := &enginetest.Engine{Image: img, Config: &said, ID: img.ID().String(), API: "1.41", Save: func(w http.ResponseWriter, r *http.Request, archive []byte) {
			select { // an engine that has not finished packing
			case <-foretold:
			case <-r.Context().Done():
				return
			}
			if stop {
				cancel()
				<-r.Context().Done()
				return
			}
			_, _ = w.Write(archive)
		}}
		host, _ := enginetest.Listen(t, e)
		t.Setenv("DOCKER_HOST", host)
		var once sync.Once
		packing, reported, tied := 0, false, 0
		r, err := analyze.Image(ctx, "docker:app", analyze.Options{Progress: func(e analyze.Event) {
			if e.Report != nil {
				reported = true
				if len(e.Report.Layers) != len(said.RootFS.DiffIDs) || e.Report.Config == nil {
					t.Errorf("told are %d layers, config %v", len(e.Report.Layers), e.Report.Config)
				}
				tied = 0
				for _, s := range e.Report.Instructions {
					if s.Layer != nil {
						tied++
					}
				}
			}
			if e.Phase == analyze.Packing {
				packing++
				if !reported || tied != len(said.RootFS.DiffIDs) {
					t.Errorf("the engine packs, and known is a report: %t, with %d instructions that made a layer", reported, tied)
				}
				once.Do(func() { close(foretold) })
			}
		}})
		if packing == 0 {
			t.Error("nobody is told that the engine is packing")
		}
		if stop {
			if r == nil || !r.Partial || len(r.Instructions) != len(said.History) {
				t.Errorf("stopped, there is %+v, %v", r, err)
			}
			continue
		}
		if err != nil || r.Partial || errors.Is(err, context.Canceled) {
			t.Fatalf("partial, or %v", err)
		}
	}
}
