package tmuxtest

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// slowRegistry is a registry with one image, that sends manifest and config at
// once and each layer when the test says so.
type slowRegistry struct {
	reference string
	layers    []chan struct{} // closed when the layer may be sent
	digests   map[string]int  // layer of a digest
	blobs     http.Handler
	leaving   chan struct{}

	mu    sync.Mutex
	pause time.Duration
	piece int
}

// newSlowRegistry starts one; it holds all layers back.
func newSlowRegistry(t *testing.T, layers int) *slowRegistry {
	t.Helper()
	image := slowImage(layers)
	r := &slowRegistry{digests: map[string]int{}, leaving: make(chan struct{}), piece: 1 << 30,
		blobs: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}
	server := httptest.NewServer(r)
	t.Cleanup(func() { close(r.leaving); server.CloseClientConnections(); server.Close() })
	r.reference = "registry:" + strings.TrimPrefix(server.URL, "http://") + "/slow:1"
	to, err := name.ParseReference(strings.TrimPrefix(r.reference, "registry:"))
	if err != nil {
		t.Fatal(err)
	}
	v := image.V1()
	if err := remote.Write(to, v); err != nil {
		t.Fatal(err)
	}
	manifest, err := v.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range manifest.Layers {
		r.digests[l.Digest.String()] = i
		r.layers = append(r.layers, make(chan struct{}))
	}
	return r
}

// release lets a layer go.
func (r *slowRegistry) release(layer int) { close(r.layers[layer]) }

// throttle sends layers in pieces of so many bytes, with a pause after each.
func (r *slowRegistry) throttle(pause time.Duration, piece int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pause, r.piece = pause, piece
}

func (r *slowRegistry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	layer, held := r.digests[path.Base(request.URL.Path)]
	if !held || request.Method != http.MethodGet {
		r.blobs.ServeHTTP(w, request)
		return
	}
	r.mu.Lock()
	slow := &slowWriter{ResponseWriter: w, pause: r.pause, piece: r.piece}
	r.mu.Unlock()
	select {
	case <-r.layers[layer]:
		r.blobs.ServeHTTP(slow, request)
	case <-request.Context().Done():
	case <-r.leaving:
	}
}

// slowWriter sends what it gets piece by piece.
type slowWriter struct {
	http.ResponseWriter
	pause time.Duration
	piece int
}

func (w *slowWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		var wrote int
		wrote, err = w.ResponseWriter.Write(p[:min(len(p), w.piece)])
		n, p = n+wrote, p[wrote:]
		if w.pause > 0 {
			w.ResponseWriter.(http.Flusher).Flush()
			time.Sleep(w.pause)
		}
	}
	return n, err
}
