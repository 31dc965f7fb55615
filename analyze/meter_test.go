package analyze_test

import (
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// meter is a registry that counts what it sends, and may lie.
type meter struct {
	inner  http.Handler
	host   string
	sent   atomic.Int64                        // bytes of blobs
	asked  atomic.Int64                        // requests for manifests
	whole  atomic.Bool                         // knows no ranges
	closed atomic.Bool                         // lets nobody in
	lie    atomic.Pointer[func(p []byte)]      // changes what is sent of a range
	served atomic.Pointer[func(*http.Request)] // called after each answer

	mu    sync.Mutex
	blobs map[string]int // requests by digest
}

func newMeter(t testing.TB) *meter {
	t.Helper()
	m := &meter{inner: registry.New(registry.Logger(log.New(io.Discard, "", 0))), blobs: make(map[string]int)}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.host = strings.TrimPrefix(server.URL, "http://")
	return m
}

func (m *meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m.closed.Load() {
		http.Error(w, `{"errors":[{"code":"UNAUTHORIZED"}]}`, http.StatusUnauthorized)
		return
	}
	if m.whole.Load() {
		r.Header.Del("Range")
	}
	if _, digest, ok := strings.Cut(r.URL.Path, "/blobs/"); ok && r.Method == http.MethodGet {
		m.mu.Lock()
		m.blobs[digest]++
		m.mu.Unlock()
		w = &metered{w, m, r.Header.Get("Range") != ""}
	}
	if strings.Contains(r.URL.Path, "/manifests/") {
		m.asked.Add(1)
	}
	m.inner.ServeHTTP(w, r)
	if then := m.served.Load(); then != nil {
		(*then)(r)
	}
}

type metered struct {
	http.ResponseWriter
	m    *meter
	part bool
}

func (w *metered) Write(p []byte) (int, error) {
	w.m.sent.Add(int64(len(p)))
	if lie := w.m.lie.Load(); lie != nil && w.part {
		p = append([]byte{}, p...)
		(*lie)(p)
	}
	return w.ResponseWriter.Write(p)
}

// fetched is how often each blob was asked for since the last call.
func (m *meter) fetched() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	blobs := maps.Clone(m.blobs)
	clear(m.blobs)
	return blobs
}

// push stores an image under its tag, or one made of its digest, and returns the
// reference.
func (m *meter) push(t testing.TB, img imagetest.Image) string {
	t.Helper()
	tag := img.Tag
	if tag == "" {
		tag = "app:" + img.Digest().Hex[:12]
	}
	reference, err := name.ParseReference(m.host + "/" + tag)
	if err == nil {
		err = remote.Write(reference, img.V1())
	}
	if err != nil {
		t.Error(err) // not Fatal: a tag may move while the registry answers
	}
	return "registry:" + m.host + "/" + tag
}
