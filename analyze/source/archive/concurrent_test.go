package archive_test

import (
	"io"
	"sync"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestOneHandleForAll: while an image is open, its layers are read, other images
// looked for and the provenance read, all at the same time. The race detector sees
// what is not held together.
func TestOneHandleForAll(t *testing.T) {
	index := imagetest.Index{Images: []imagetest.Image{sourcetest.Sample(), sourcetest.Other()}, Attestations: true, Nested: true}.OCI()
	for name, reference := range map[string]string{
		"layout":         sourcetest.Directory(t, index),
		"docker archive": sourcetest.WriteFile(t, "image.tar", sourcetest.Merged(sourcetest.Sample().Legacy(), sourcetest.Other().Legacy()).Tar()) + ":" + sourcetest.Sample().Tag,
	} {
		t.Run(name, func(t *testing.T) {
			img := mustOpen(t, reference, source.Options{Platform: "linux/amd64"})
			asked := img.Digest
			if asked == "" {
				asked = img.ID
			}
			var all sync.WaitGroup
			start := make(chan struct{})
			for range 4 {
				all.Go(func() {
					<-start
					if _, err := img.LayersOf(t.Context(), asked); err != nil {
						t.Error(err)
					}
				})
				all.Go(func() {
					<-start
					if img.Provenance == nil {
						return
					}
					if _, err := img.Provenance(t.Context()); err != nil {
						t.Error(err)
					}
				})
				all.Go(func() {
					for _, l := range img.Layers {
						r, err := l.Open(t.Context())
						if err != nil {
							t.Error(err)
							return
						}
						if n, err := io.Copy(io.Discard, r); n != l.Size || err != nil {
							t.Errorf("%d bytes of %d, %v", n, l.Size, err)
						}
						r.Close()
					}
				})
			}
			close(start)
			all.Wait()
			if err := img.Unchanged(); err != nil {
				t.Error(err)
			}
		})
	}
}
