package faults

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

var registryFaults = []fault{
	{name: "the connection breaks, once", how: "half a blob, then a reset", what: "layers", first: 1, do: drop},
	{name: "the connection breaks, three times", how: "half a blob, then a reset", what: "layers", first: 3, do: drop},
	{name: "the connection always breaks", how: "half a blob, then a reset", what: "layers", do: drop, code: 2, says: "stopped sending after"},
	{name: "the registry stalls, once", how: "half a blob, then nothing", what: "layers", first: 1, do: stall, slow: true},
	{name: "the registry always stalls", how: "half a blob, then nothing", what: "layers", do: stall, code: 2, says: "sent almost nothing", slow: true},
	{name: "the registry drips", how: "a byte a second", what: "layers", do: drip, code: 2, says: "sent almost nothing", slow: true},
	{name: "too long a length", how: "Content-Length and body 100 bytes longer", what: "layers", do: claim(100), code: 2, says: "bytes"},
	{name: "too short a length", how: "Content-Length and body 100 bytes shorter", what: "layers", do: claim(-100), code: 2, says: "bytes"},
	{name: "more bytes than promised", how: "no length, 100 bytes more", what: "layers", do: chunked(100), code: 2, says: ""},
	{name: "fewer bytes than promised", how: "no length, 100 bytes fewer", what: "layers", do: chunked(-100), code: 2, says: ""},
	{name: "wrong bytes", how: "one bit of each layer flipped", what: "layers", do: flipped, code: 2, says: "sha256:"},
	{name: "layers are nonsense", how: "a text for each layer", what: "layers", do: nonsense, code: 2},
	{name: "wrong bytes of a config", how: "one bit flipped", what: "configs", do: flipped, code: 2, says: "sha256:"},
	{name: "a config's connection breaks, twice", how: "half of it, then a reset", what: "configs", first: 2, do: drop},
	{name: "a manifest is nonsense", how: "a text with escape codes for a manifest", what: "manifests", do: nonsense, code: 2},
	{name: "a manifest is cut short", how: "the last byte is missing", what: "manifests", do: cut, code: 2},
	{name: "a manifest's connection breaks, once", how: "half of it, then a reset", what: "manifests", first: 1, do: drop},
	{name: "401 for blobs", how: "status", what: "blobs", do: status(401), code: 2, says: "docker login"},
	{name: "403 for manifests", how: "status", what: "manifests", do: status(403), code: 2, says: "docker login"},
	{name: "404 for manifests", how: "status", what: "manifests", do: status(404), code: 2, says: "check name and tag"},
	{name: "404 for layers", how: "status", what: "layers", do: status(404), code: 2},
	{name: "429, twice", how: "status, Retry-After: 1", what: "layers", first: 2, do: status(429, "Retry-After", "1")},
	{name: "429 for an hour", how: "status, Retry-After: 3600", what: "manifests", do: status(429, "Retry-After", "3600"), code: 2, says: "too many requests"},
	{name: "500, three times", how: "status", what: "manifests", first: 3, do: status(500)},
	{name: "500 for ever", how: "status", what: "layers", do: status(500), code: 2, says: "500"},
	{name: "503, twice", how: "status, Retry-After: nonsense", what: "layers", first: 2, do: status(503, "Retry-After", "tomorrow")},
}

// healthy is the right answer.
func healthy(t *testing.T, reference string) string {
	t.Helper()
	w := newWorld(t)
	r := w.run(time.Minute, reference, "-o", "json")
	if r.code != 0 || len(r.out) < 1000 {
		t.Fatalf("exit code %d: %s", r.code, r.complaint)
	}
	return r.out
}

func TestRegistries(t *testing.T) {
	needFaults(t)
	for _, f := range registryFaults {
		t.Run(f.name, func(t *testing.T) {
			if f.slow && testing.Short() {
				t.Skip("takes tens of seconds")
			}
			t.Parallel()
			times := 3
			if f.slow {
				times = 1
			}
			outcome := ""
			for range times {
				s, reference := serve(t)
				right := healthy(t, reference)
				s.fault = &f
				w := newWorld(t)
				r := w.run(4*time.Minute, reference, "-o", "json")
				outcome = strings.ReplaceAll(r.holds(t, right, f.code), strings.TrimPrefix(reference, "registry:"), "IMAGE")
				if !strings.Contains(outcome, f.says) {
					t.Errorf("it does not say %q: %s", f.says, outcome)
				}
				w.left()
				// What was kept of a broken transfer must not be an answer later.
				s.mu.Lock()
				s.fault = nil
				s.mu.Unlock()
				w.run(time.Minute, reference, "-o", "json").holds(t, right, 0)
			}
			table.add(t, f.name, f.how, times, outcome)
		})
	}
}

// TestRedirects: a registry sends us to another host for blobs, as most do. What
// is for the registry's eyes does not go there.
func TestRedirects(t *testing.T) {
	needFaults(t)
	const times = 3
	for range times {
		s, reference := serve(t)
		right := healthy(t, reference)
		var mu sync.Mutex
		var leaked []string
		asked := 0
		elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			asked++
			for key := range r.Header {
				if key == "Authorization" || key == "Cookie" {
					leaked = append(leaked, key)
				}
			}
			mu.Unlock()
			s.healthy.ServeHTTP(w, r)
		}))
		defer elsewhere.Close()
		guarded := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if user, password, _ := r.BasicAuth(); user != "ann" || password != "s3cr3t" {
				w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			if strings.Contains(r.URL.Path, "/blobs/") {
				// Another name of the loopback, so that it is another host.
				http.Redirect(w, r, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)+r.URL.Path, http.StatusTemporaryRedirect)
				return
			}
			s.healthy.ServeHTTP(w, r)
		}))
		defer guarded.Close()
		w := newWorld(t)
		host := strings.TrimPrefix(guarded.URL, "http://")
		w.write("home/config.json", `{"auths":{"`+host+`":{"auth":"YW5uOnMzY3IzdA=="}}}`)
		r := w.run(time.Minute, "registry:"+host+"/team/app:1", "-o", "json")
		old := strings.TrimPrefix(strings.TrimSuffix(reference, "/team/app:1"), "registry:")
		r.holds(t, strings.ReplaceAll(right, old, host), 0)
		w.left("home/config.json")
		if len(leaked) > 0 || asked < 3 {
			t.Errorf("the other host was asked %d times and got %q", asked, leaked)
		}
	}
	table.add(t, "a redirect to another host", "307 for each blob; the registry wants a password", times, "the right answer; the other host got no credentials")
}
