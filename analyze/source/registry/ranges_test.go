package registry_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// unsteady serves blobs but for the first, broken, requests of each.
type unsteady struct {
	next     http.Handler
	failures int64
	fail     func(w http.ResponseWriter, r *http.Request, blob []byte)
	asked    atomic.Int64
	ranges   atomic.Int64
}

func (u *unsteady) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.URL.Path, "/blobs/") || u.asked.Add(1) > u.failures {
		if r.Header.Get("Range") != "" {
			u.ranges.Add(1)
		}
		u.next.ServeHTTP(w, r)
		return
	}
	whole := httptest.NewRecorder()
	u.next.ServeHTTP(whole, r.Clone(r.Context()))
	u.fail(w, r, whole.Body.Bytes())
}

// hangUp sends the first half of what is there and closes the connection.
func hangUp(w http.ResponseWriter, _ *http.Request, blob []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(blob)))
	_, _ = w.Write(blob[:len(blob)/2])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func status(code int, retryAfter string) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
	}
}

func TestTransfersGoOn(t *testing.T) {
	t.Parallel()
	stall := func(w http.ResponseWriter, r *http.Request, blob []byte) {
		w.Header().Set("Content-Length", strconv.Itoa(len(blob)))
		_, _ = w.Write(blob[:len(blob)/2])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	drip := func(w http.ResponseWriter, r *http.Request, blob []byte) {
		w.Header().Set("Content-Length", strconv.Itoa(len(blob)))
		for i := range blob {
			if _, err := w.Write(blob[i : i+1]); err != nil || r.Context().Err() != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	}
	tests := map[string]struct {
		failures int64
		fail     func(http.ResponseWriter, *http.Request, []byte)
		ranges   bool   // the rest is asked for
		want     string // "" for the right bytes
	}{
		"a connection that breaks":        {1, hangUp, true, ""},
		"a connection that breaks twice":  {2, hangUp, true, ""},
		"one that always breaks":          {1 << 40, hangUp, false, "stopped sending after"},
		"a connection that stalls":        {1, stall, true, ""},
		"a drip":                          {1, drip, true, ""},
		"one that always trickles":        {1 << 40, drip, false, "has sent almost nothing for"},
		"one that always stalls":          {1 << 40, stall, false, "has sent almost nothing for"},
		"a server in trouble":             {2, status(http.StatusBadGateway, ""), false, ""},
		"a server that stays in trouble":  {1 << 40, status(http.StatusInternalServerError, ""), false, "answers 500"},
		"too many requests":               {1, status(http.StatusTooManyRequests, "1"), false, ""},
		"too many requests, for an hour":  {1 << 40, status(http.StatusTooManyRequests, "3600"), false, "received too many requests"},
		"a refusal is not asked again":    {1 << 40, status(http.StatusForbidden, ""), false, "no access to it"},
		"a missing blob is not asked for": {1 << 40, status(http.StatusNotFound, ""), false, "does not have it"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := sourcetest.Sample()
			var u *unsteady
			host := sourcetest.Serve(t, func(h http.Handler) http.Handler {
				u = &unsteady{next: h, fail: test.fail}
				return u
			})
			sourcetest.Push(t, host+"/app:1", img)
			opened := mustOpen(t, "registry:"+host+"/app:1", source.Options{StallTimeout: 300 * time.Millisecond})
			u.asked.Store(0)
			u.ranges.Store(0)
			u.failures = test.failures
			got, err := fetch(opened.Layers[0])
			if test.want != "" {
				sourcetest.WantError(t, err, test.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(img.Layers[0].Stored(), got); diff != "" {
				t.Error("other bytes")
			}
			if (u.ranges.Load() > 0) != test.ranges {
				t.Errorf("%d requests for a range", u.ranges.Load())
			}
		})
	}
}

func fetch(l source.Layer) ([]byte, error) {
	body, err := l.Open(context.Background())
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

// TestTransferGivesUpAtOnce: whoever presses Ctrl+C does not wait for a pause.
func TestTransferGivesUpAtOnce(t *testing.T) {
	t.Parallel()
	var u *unsteady
	host := sourcetest.Serve(t, func(h http.Handler) http.Handler {
		u = &unsteady{next: h, fail: status(http.StatusTooManyRequests, "15")}
		return u
	})
	sourcetest.Push(t, host+"/app:1", sourcetest.Sample())
	opened := mustOpen(t, "registry:"+host+"/app:1", source.Options{})
	u.asked.Store(0)
	u.failures = 1 << 40
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	if _, err := opened.Layers[0].Open(ctx); err == nil {
		t.Fatal("it opened")
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestRanges: a part of a blob is that part, and a registry that sends blobs
// whole is told apart.
func TestRanges(t *testing.T) {
	img := imagetest.Image{Layers: []imagetest.Layer{{Files: []imagetest.File{{Path: "a", Body: []byte(strings.Repeat("some content ", 1000))}}}}}
	for _, whole := range []bool{false, true} {
		t.Run(fmt.Sprint("whole=", whole), func(t *testing.T) {
			host := sourcetest.Serve(t, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if whole {
						r.Header.Del("Range")
					}
					h.ServeHTTP(w, r)
				})
			})
			sourcetest.Push(t, host+"/app:1", img)
			l := mustOpen(t, "registry:"+host+"/app:1", source.Options{}).Layers[0]
			body, err := l.Range(context.Background(), 10, 20)
			if whole {
				sourcetest.WantError(t, err, "the registry sends no parts of blobs")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			got, err := io.ReadAll(body)
			if diff := cmp.Diff(img.Layers[0].Stored()[10:30], got); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}

// TestRedirectToAFile: whatever a registry redirects to, no file of this machine
// is read, and the message says what the registry did.
func TestRedirectToAFile(t *testing.T) {
	img := sourcetest.Sample()
	var away atomic.Bool
	host := sourcetest.Serve(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if away.Load() && strings.Contains(r.URL.Path, "/blobs/") {
				w.Header().Set("Location", "file:///etc/passwd")
				w.WriteHeader(http.StatusFound)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	sourcetest.Push(t, host+"/app:1", img)
	opened := mustOpen(t, "registry:"+host+"/app:1", source.Options{})
	away.Store(true)
	_, err := fetch(opened.Layers[0])
	sourcetest.WantError(t, err, host+" redirects to an address that is neither http nor https")
}

// TestSilenceIsGivenUp: a registry that sends almost nothing is asked for the
// rest once, and no more.
func TestSilenceIsGivenUp(t *testing.T) {
	t.Parallel()
	img := sourcetest.Sample()
	var u *unsteady
	host := sourcetest.Serve(t, func(h http.Handler) http.Handler {
		u = &unsteady{next: h, fail: func(w http.ResponseWriter, r *http.Request, blob []byte) {
			w.Header().Set("Content-Length", strconv.Itoa(len(blob)))
			_, _ = w.Write(blob[:10])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}}
		return u
	})
	sourcetest.Push(t, host+"/app:1", img)
	opened := mustOpen(t, "registry:"+host+"/app:1", source.Options{StallTimeout: 100 * time.Millisecond})
	u.asked.Store(0)
	u.failures = 1 << 40
	_, err := fetch(opened.Layers[0])
	sourcetest.WantError(t, err, "has sent almost nothing for")
	if n := u.asked.Load(); n != 2 {
		t.Errorf("it was asked %d times", n)
	}
}
