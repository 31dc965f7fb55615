package registry_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestPushBeginsAnUploadAnew: Debian's docker-registry answers 500 to one of two that upload the same
// blob at the same time, and keeps the bytes it was sent. The same PUT again would add its bytes to those.
func TestPushBeginsAnUploadAnew(t *testing.T) {
	for name, failure := range map[string]func(http.ResponseWriter){
		"server error":           func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		"connection that breaks": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			var uploads atomic.Int64
			host := sourcetest.Serve(t, func(inner http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodPut || !strings.Contains(r.URL.Path, "/blobs/uploads/") || uploads.Add(1)%2 == 0 {
						inner.ServeHTTP(w, r)
						return
					}
					kept := r.Clone(r.Context())
					kept.Method = http.MethodPatch
					inner.ServeHTTP(discarded{}, kept)
					failure(w)
				})
			})
			artifacts, err := source.ArtifactsIn(host+"/team/indexes", source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			layer, kind := "sha256:"+strings.Repeat("a", 64), "application/vnd.example"
			if err := artifacts.Push(t.Context(), source.Subject{Digest: layer}, source.Artifact{Type: kind}, []byte("what it says")); err != nil {
				t.Fatal(err)
			}
			found, err := artifacts.List(t.Context(), layer, kind)
			if err != nil || len(found) != 1 {
				t.Fatalf("%d documents, %v", len(found), err)
			}
			body, err := artifacts.Open(t.Context(), found[0], 100)
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			if got, err := io.ReadAll(body); err != nil || string(got) != "what it says" || uploads.Load() != 4 {
				t.Errorf("%q after %d uploads", got, uploads.Load())
			}
		})
	}
}

// discarded is an answer that nobody gets.
type discarded struct{}

func (discarded) Header() http.Header         { return http.Header{} }
func (discarded) Write(p []byte) (int, error) { return len(p), nil }
func (discarded) WriteHeader(int)             {}
