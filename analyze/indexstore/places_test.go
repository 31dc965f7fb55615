package indexstore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/tare-oci/tare/analyze/source"
)

// fakeS3 keeps objects as an S3 store would, without looking at who asks.
func fakeS3(t testing.TB) string {
	t.Helper()
	var mu sync.Mutex
	objects := make(map[string][]byte)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=made-up/") {
			http.Error(w, "who?", http.StatusForbidden)
			return
		}
		doc, ok := objects[r.URL.Path]
		switch {
		case r.Method == http.MethodPut:
			objects[r.URL.Path] = unchunked(r)
			w.Header().Set("ETag", `"0"`)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			if r.Method == http.MethodGet {
				fmt.Fprint(w, `<Error><Code>NoSuchKey</Code><Message>none</Message></Error>`)
			}
		default:
			w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
			w.Header().Set("ETag", `"0"`)
			w.Header().Set("Content-Length", fmt.Sprint(len(doc)))
			if r.Method == http.MethodGet {
				_, _ = w.Write(doc)
			}
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// unchunked is the body of a request, which may be signed piece by piece (aws-chunked).
func unchunked(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return body
	}
	var plain []byte
	for {
		head, rest, _ := bytes.Cut(body, []byte("\r\n"))
		length, _, _ := strings.Cut(string(head), ";")
		n, err := strconv.ParseInt(length, 16, 32)
		if err != nil || n == 0 || int(n)+2 > len(rest) {
			return plain
		}
		plain, body = append(plain, rest[:n]...), rest[n+2:]
	}
}

// openPlaces are places of all kinds, empty.
func openPlaces(t testing.TB) map[string]Place {
	t.Helper()
	quiet := registry.Logger(log.New(io.Discard, "", 0))
	plain, listing := httptest.NewServer(registry.New(quiet)), httptest.NewServer(registry.New(quiet, registry.WithReferrersSupport(true)))
	t.Cleanup(plain.Close)
	t.Cleanup(listing.Close)
	env := map[string]string{"AWS_ENDPOINT_URL": fakeS3(t), "AWS_REGION": "eu-north-1"}
	t.Setenv("AWS_ACCESS_KEY_ID", "made-up")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "made-up-secret")
	all := make(map[string]Place)
	for name, open := range map[string]func() (Place, error){
		"directory": func() (Place, error) { return newDirectory(filepath.Join(t.TempDir(), "a"), Options{}) },
		"registry": func() (Place, error) {
			return newRepository(strings.TrimPrefix(plain.URL, "http://")+"/a/b", source.Options{})
		},
		"referrers": func() (Place, error) {
			return newRepository(strings.TrimPrefix(listing.URL, "http://")+"/a/b", source.Options{})
		},
		"s3": func() (Place, error) {
			return newBucket("some-bucket/a/b", func(n string) string { return env[n] }, source.Options{})
		},
	} {
		place, err := open()
		if err != nil {
			t.Fatal(name, err)
		}
		all[name] = place
	}
	return all
}

// TestPlaces: each kind of place gives back what was put there, to all who trust its signer, keeps sets apart,
// and a bad document is refused until a true one is there.
func TestPlaces(t *testing.T) {
	for name, place := range openPlaces(t) {
		t.Run(name, func(t *testing.T) {
			keys, stranger := GenerateKeys(), GenerateKeys()
			l, x := layerOf(t, "one", keys)
			m, said := machineAt(place, keys, Options{})
			if m.Load(t.Context(), l) != nil || m.Has(t.Context(), l.Digest) {
				t.Fatal("it has what nobody put there")
			}
			m.Save(t.Context(), l, x)
			reader := &Keys{Trust: keys.Trust, Secret: keys.Secret}
			r, rSaid := machineAt(place, reader, Options{})
			got := r.Load(t.Context(), l)
			if got == nil || !r.Has(t.Context(), l.Digest) {
				t.Fatalf("it is not found: %q %q", *said, *rSaid)
			}
			if diff := cmp.Diff(x.AppendBinary(nil), got.AppendBinary(nil)); diff != "" {
				t.Error(diff)
			}
			_, second := layerOf(t, "two", keys)
			if r.Save(t.Context(), l, second); r.Load(t.Context(), l) == nil {
				t.Error("a reader put something there")
			}
			old, _ := machineAt(place, keys, Options{Generation: "layer98"})
			if s, _ := machineAt(place, stranger, Options{}); s.Load(t.Context(), l) != nil || old.Load(t.Context(), l) != nil {
				t.Error("another team, or another version, finds it")
			}
			if err := place.Put(t.Context(), m.name(l), []byte("no index")); err != nil {
				t.Fatal(err)
			}
			bad := m.Load(t.Context(), l)
			m.Save(t.Context(), l, x)
			if m.Load(t.Context(), l) == nil {
				t.Error("the true one is not found again")
			}
			if name != "referrers" && (bad != nil || len(*said) != 1) || len(*rSaid) > 0 {
				t.Errorf("it says %q and %q", *said, *rSaid)
			}
		})
	}
}

// TestHostileRegistry: what a registry says of a document that is too large, or not what it
// says, is refused before it is read.
func TestHostileRegistry(t *testing.T) {
	keys := GenerateKeys()
	l, _ := layerOf(t, "one", keys)
	for name, c := range map[string]struct {
		size, length int64
		want         string
	}{
		"4 GB in the manifest": {4 << 30, 10, "says that it has 4294967296 bytes"},
		"4 GB in the answer":   {10, 4 << 30, "the registry has 4294967296 bytes of it, and its manifest says 10"},
	} {
		sent := make(chan int64, 10)
		server := httptest.NewServer(hostile(c.size, c.length, sent))
		place, err := newRepository(strings.TrimPrefix(server.URL, "http://")+"/a/b", source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m, said := machineAt(place, keys, Options{Timeout: 20 * time.Second})
		if m.Load(t.Context(), l) != nil || len(*said) != 1 || !strings.Contains((*said)[0], c.want) {
			t.Errorf("%s: %q", name, *said)
		}
		server.CloseClientConnections()
		server.Close()
	}
}

// hostile answers as a registry with one document of a layer, whose sizes are lies.
func hostile(size, length int64, sent chan<- int64) http.Handler {
	blob := "sha256:" + strings.Repeat("0", 64)
	text := fmt.Sprintf(`{"schemaVersion":2,"artifactType":%q,"layers":[{"mediaType":%q,"digest":%q,"size":%d}]}`, ArtifactType, ArtifactType, blob, size)
	sum := sha256.Sum256([]byte(text))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "/referrers/"):
			fmt.Fprintf(w, `{"manifests":[{"artifactType":%q,"digest":"sha256:%x","size":%d}]}`, ArtifactType, sum, len(text))
		case strings.Contains(r.URL.Path, "/manifests/"):
			fmt.Fprint(w, text)
		case strings.Contains(r.URL.Path, "/blobs/"):
			w.Header().Set("Content-Length", fmt.Sprint(length))
			n, _ := io.Copy(w, io.LimitReader(zeros{}, length))
			sent <- n
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
