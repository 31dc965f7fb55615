package registry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// exchange is one kind of request that opening and reading an image makes.
type exchange struct {
	name    string
	matches func(path string) bool
}

func exchangesOf(index imagetest.Index) []exchange {
	img := index.Images[0]
	contains := func(parts ...string) func(string) bool {
		return func(path string) bool {
			for _, part := range parts {
				if strings.Contains(path, part) {
					return true
				}
			}
			return false
		}
	}
	layer := imagetest.Digest(img.Layers[0].Stored()).String()
	return []exchange{
		{"ping", func(path string) bool { return path == "/v2/" }},
		{"token", contains("/token")},
		{"index", contains("/manifests/1")},
		{"manifest", contains("/manifests/" + img.Digest().String())},
		{"config", contains("/v2/app/blobs/" + img.ID().String())},
		{"blob", contains("/v2/app/blobs/" + layer)},
		{"redirected blob", contains("/elsewhere/" + layer)},
	}
}

// stops are the ways in which a server stops in the middle of an answer, given as
// a healthy server would send it: head with its empty line, and body. What they
// return is sent; after it nothing comes, or a byte now and then.
var stops = map[string]func(head, body string) (sent string, drip bool){
	"before the headers":   func(_, _ string) (string, bool) { return "", false },
	"in the status line":   func(_, _ string) (string, bool) { return "HTTP/1.1 2", false },
	"within the headers":   func(head, _ string) (string, bool) { return head[:len(head)-6], false },
	"dripping headers":     func(_, _ string) (string, bool) { return "HTTP/1.1 200 OK\r\nX: ", true },
	"before the body":      func(head, _ string) (string, bool) { return head, false },
	"in the body":          func(head, body string) (string, bool) { return head + body[:len(body)/2], false },
	"a dripping body":      func(head, body string) (string, bool) { return head + body[:len(body)/2], true },
	"a 401's body":         refusing("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"", false),
	"a 403's body":         refusing("403 Forbidden", false),
	"a 404's body, a drip": refusing("404 Not Found", true),
	"a 418's body":         refusing("418 I'm a teapot", false),
	"a redirect's body":    refusing("307 Temporary Redirect\r\nLocation: /nowhere", false),
	"a 401 for a token":    refusing("401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"http://HOST/token\"", true),
	"in a chunk":           refusing("200 OK\r\nTransfer-Encoding: chunked\r\nX-No", false),
}

func refusing(status string, drip bool) func(string, string) (string, bool) {
	return func(string, string) (string, bool) {
		return "HTTP/1.1 " + status + "\r\nContent-Length: 1000\r\n\r\n<ht", drip
	}
}

// TestEveryStallEnds: a registry that stops at any point of any exchange is given
// up, with one line of error that says something. That the test ends is the
// point; on a machine that is busy it may take long.
func TestEveryStallEnds(t *testing.T) {
	t.Parallel()
	index := imagetest.Index{Images: []imagetest.Image{sourcetest.Sample()}}
	for _, at := range exchangesOf(index) {
		for how, stop := range stops {
			t.Run(at.name+" "+how, func(t *testing.T) {
				t.Parallel()
				var stopped atomic.Bool
				host := stallingRegistry(t, index, at, stop, &stopped)
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
				defer cancel()
				var err error
				// On a busy machine even a healthy answer may take longer than the first of these.
				for wait := 100 * time.Millisecond; wait < time.Minute && !stopped.Load(); wait *= 8 {
					err = openAndRead(ctx, "registry:"+host+"/app:1", wait)
				}
				if !stopped.Load() {
					t.Fatal("it was never asked")
				}
				if err == nil && (at.name == "ping" || strings.HasPrefix(how, "a redirect")) {
					return // nobody needs that body
				}
				if err == nil {
					t.Fatal("it is read")
				}
				text := err.Error()
				if ctx.Err() != nil || errors.Is(err, context.Canceled) || strings.Contains(text, "context") {
					t.Errorf("it does not end by itself: %v", err)
				}
				if strings.ContainsAny(text, "\n\r") || len(text) > 500 || !strings.Contains(text, "; ") {
					t.Errorf("no line with advice: %q", text)
				}
			})
		}
	}
}

// TestNobodySpeaks: a server that takes connections and says nothing at all is
// given up, be it asked over https or http.
func TestNobodySpeaks(t *testing.T) {
	t.Parallel()
	host := sourcetest.SilentServer(t)
	err := openAndRead(t.Context(), "registry:"+host+"/app:1", 100*time.Millisecond)
	sourcetest.WantError(t, err, host+" accepts the connection but does not answer", "check the network")
}

// openAndRead opens an image and reads its first layer.
func openAndRead(ctx context.Context, reference string, stall time.Duration) error {
	img, err := source.Open(ctx, reference, source.Options{StallTimeout: stall, Platform: "linux/amd64"})
	if err != nil {
		return err
	}
	defer img.Close()
	body, err := img.Layers[0].Open(ctx)
	if err == nil {
		_, err = io.Copy(io.Discard, body)
		body.Close()
	}
	if err != nil {
		return &usererror.OpError{Act: "reading the layer", Err: err}
	}
	return nil
}

// stallingRegistry serves an index, asks for a token, redirects to another path
// for layers, and stops in one kind of exchange. It writes to the connection
// itself, since net/http sends headers whole.
func stallingRegistry(t *testing.T, index imagetest.Index, at exchange, stop func(head, body string) (string, bool), stopped *atomic.Bool) string {
	t.Helper()
	files := make(map[string][]byte)
	for _, f := range index.OCI() {
		files[f.Path] = f.Body
	}
	var host string
	answer := func(r *http.Request) (head, body string) {
		kind := "application/octet-stream"
		_, digest, _ := strings.Cut(r.URL.Path, "sha256:")
		content := files["blobs/sha256/"+digest]
		switch {
		case r.URL.Path == "/token":
			content = []byte(`{"token":"t"}`)
		case r.Header.Get("Authorization") != "Bearer t" && !strings.HasPrefix(r.URL.Path, "/elsewhere"):
			return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"http://" + host + "/token\"\r\nContent-Length: 2\r\n\r\n", "{}"
		case r.URL.Path == "/v2/":
			content = []byte("{}")
		case strings.HasSuffix(r.URL.Path, "/manifests/1"):
			content, kind = index.RawIndex(), "application/vnd.oci.image.index.v1+json"
		case strings.Contains(r.URL.Path, "/manifests/"):
			kind = "application/vnd.oci.image.manifest.v1+json"
		case strings.HasPrefix(r.URL.Path, "/v2/app/blobs/") && at.name == "redirected blob":
			if !strings.Contains(r.URL.Path, sourcetest.Sample().ID().Hex) {
				return "HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere/sha256:" + digest + "\r\nContent-Length: 2\r\n\r\n", "{}"
			}
		}
		if content == nil {
			return "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n", "{}"
		}
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", kind, len(content)), string(content)
	}
	ended := make(chan struct{})
	host = sourcetest.Listen(t, ended, func(c net.Conn, r *http.Request) (open bool) {
		head, body := answer(r)
		if !at.matches(r.URL.Path) {
			_, err := io.WriteString(c, head+body)
			return err == nil
		}
		stopped.Store(true)
		sent, drip := stop(head, body)
		_, err := io.WriteString(c, strings.ReplaceAll(sent, "HOST", host))
		for drip && err == nil {
			select {
			case <-ended:
				return false
			case <-time.After(20 * time.Millisecond):
				_, err = io.WriteString(c, "x")
			}
		}
		<-ended
		return false
	})
	return host
}
