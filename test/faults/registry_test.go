package faults

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// answer is what a faulty registry does with a request; blob is what a healthy
// one would send. False leaves the request to the healthy one.
type answer func(w http.ResponseWriter, r *http.Request, body []byte) bool

// fault is one thing that a registry does wrong.
type fault struct {
	name, how string
	what      string // manifests, configs, layers, or blobs: the latter two
	first     int    // happens to so many requests, then no more; 0 is all
	do        answer
	code      int    // what tare ends with; 0 is the right answer
	says      string // what the error holds
	slow      bool   // takes tens of seconds
}

// sick is a registry with a fault.
type sick struct {
	healthy http.Handler
	mu      sync.Mutex
	fault   *fault
	met     int
}

func (s *sick) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.fault
	whole := httptest.NewRecorder()
	hit := f != nil && r.Method == http.MethodGet && (f.first == 0 || s.met < f.first)
	if hit {
		clean := r.Clone(r.Context())
		clean.Header.Del("Range")
		s.healthy.ServeHTTP(whole, clean)
		hit = f.what == kindOf(r.URL.Path, whole.Body.Bytes()) || f.what == "blobs" && strings.Contains(r.URL.Path, "/blobs/")
	}
	if hit {
		s.met++
	}
	s.mu.Unlock()
	if hit {
		w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
		if f.do(w, r, whole.Body.Bytes()) {
			return
		}
	}
	s.healthy.ServeHTTP(w, r)
}

// kindOf says what is asked for.
func kindOf(path string, body []byte) string {
	switch {
	case strings.Contains(path, "/manifests/"):
		return "manifests"
	case !strings.Contains(path, "/blobs/"):
		return ""
	case strings.HasPrefix(string(body), "{"):
		return "configs"
	}
	return "layers"
}

// sample is an image of some megabytes in three layers, with waste in it.
func sample() imagetest.Image {
	return imagetest.Image{Layers: []imagetest.Layer{
		{CreatedBy: "RUN /bin/sh -c base # buildkit", Files: []imagetest.File{imagetest.Fill("usr/bin/app", 1_500_000), imagetest.Fill("var/lib/apt/lists/x", 300_000)}},
		{CreatedBy: "RUN /bin/sh -c more # buildkit", Compression: imagetest.Zstd, Files: []imagetest.File{imagetest.Fill("usr/lib/lib.so", 900_000)}},
		{CreatedBy: "RUN /bin/sh -c rm # buildkit", Files: []imagetest.File{imagetest.Whiteout("var/lib/apt/lists/x"), imagetest.Fill("usr/bin/app", 1_500_000).Chmod(0o755)}},
	}}
}

// serve starts a registry that holds the sample.
func serve(t *testing.T) (s *sick, reference string) {
	t.Helper()
	s = &sick{healthy: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	text := strings.TrimPrefix(server.URL, "http://") + "/team/app:1"
	to, err := name.ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(to, sample().V1()); err != nil {
		t.Fatal(err)
	}
	return s, "registry:" + text
}

// The things a registry may do.

func status(code int, header ...string) answer {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, "<html>\x1b[31msorry\n\n"+strings.Repeat("x", 5000))
		return true
	}
}

func flush(w http.ResponseWriter) { w.(http.Flusher).Flush() }

func drop(w http.ResponseWriter, _ *http.Request, body []byte) bool {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body[:len(body)/2])
	flush(w)
	panic(http.ErrAbortHandler)
}

func stall(w http.ResponseWriter, r *http.Request, body []byte) bool {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body[:len(body)/2])
	flush(w)
	<-r.Context().Done()
	return true
}

// drip sends a byte a second, which never ends.
func drip(w http.ResponseWriter, r *http.Request, body []byte) bool {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	for i := range body {
		if _, err := w.Write(body[i : i+1]); err != nil || r.Context().Err() != nil {
			return true
		}
		flush(w)
		time.Sleep(time.Second)
	}
	return true
}

// claim sends a body under a length that is so much longer or shorter.
func claim(more int) answer {
	return func(w http.ResponseWriter, _ *http.Request, body []byte) bool {
		if more < 0 {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)+more))
			_, _ = w.Write(body[:len(body)+more])
			return true
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)+more))
		_, _ = w.Write(append(body, make([]byte, more)...))
		return true
	}
}

// chunked sends so much more or less of a body without any length.
func chunked(more int) answer {
	return func(w http.ResponseWriter, _ *http.Request, body []byte) bool {
		if more > 0 {
			body = append(body, make([]byte, more)...)
		} else {
			body = body[:len(body)+more]
		}
		for len(body) > 0 {
			n := min(len(body), 64<<10)
			_, _ = w.Write(body[:n])
			flush(w)
			body = body[n:]
		}
		return true
	}
}

func flipped(w http.ResponseWriter, _ *http.Request, body []byte) bool {
	body[len(body)/2] ^= 1
	_, _ = w.Write(body)
	return true
}

func nonsense(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
	_, _ = io.WriteString(w, "hello \x1b[2Jworld")
	return true
}

func cut(w http.ResponseWriter, _ *http.Request, body []byte) bool {
	_, _ = w.Write(body[:len(body)-1])
	return true
}
