package sourcetest

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// Serve starts a registry behind a handler that may change what it answers, and
// returns its host.
func Serve(t *testing.T, wrap func(http.Handler) http.Handler) string {
	t.Helper()
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// Push puts an image into a registry.
func Push(t *testing.T, text string, img imagetest.Image) {
	t.Helper()
	reference, err := name.ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(reference, img.V1()); err != nil {
		t.Fatal(err)
	}
}

// PushIndex puts an index and what it lists into a registry.
func PushIndex(t *testing.T, text string, index imagetest.Index) {
	t.Helper()
	reference, err := name.ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteIndex(reference, index.V1()); err != nil {
		t.Fatal(err)
	}
}
