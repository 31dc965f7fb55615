package terminal

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
	digests   map[string]bool // of the layers
	released  chan struct{}   // holds a token for each layer that may be sent
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
	r := &slowRegistry{digests: map[string]bool{}, released: make(chan struct{}, 100), leaving: make(chan struct{}), piece: 1 << 30,
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
	for _, l := range manifest.Layers {
		r.digests[l.Digest.String()] = true
	}
	return r
}

// release lets so many more layers go, whichever are asked for.
func (r *slowRegistry) release(layers int) {
	for range layers {
		r.released <- struct{}{}
	}
}

// throttle sends layers in pieces of so many bytes, with a pause after each,
// from now on.
func (r *slowRegistry) throttle(pause time.Duration, piece int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pause, r.piece = pause, piece
}

func (r *slowRegistry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if !r.digests[path.Base(request.URL.Path)] || request.Method != http.MethodGet {
		r.blobs.ServeHTTP(w, request)
		return
	}
	// The answer begins at once: a registry that says nothing for half a minute
	// is given up, one whose bytes are on their way is not.
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	select {
	case <-r.released:
		r.blobs.ServeHTTP(&slowWriter{ResponseWriter: w, registry: r}, request)
	case <-request.Context().Done():
	case <-r.leaving:
	}
}

// slowWriter sends what it gets piece by piece, behind a header that is sent.
type slowWriter struct {
	http.ResponseWriter
	registry *slowRegistry
}

func (w *slowWriter) Header() http.Header { return http.Header{} }
func (w *slowWriter) WriteHeader(int)     {}

func (w *slowWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		w.registry.mu.Lock()
		pause, piece := w.registry.pause, w.registry.piece
		w.registry.mu.Unlock()
		var wrote int
		wrote, err = w.ResponseWriter.Write(p[:min(len(p), piece)])
		n, p = n+wrote, p[wrote:]
		if pause > 0 {
			w.ResponseWriter.(http.Flusher).Flush()
			time.Sleep(pause)
		}
	}
	return n, err
}
