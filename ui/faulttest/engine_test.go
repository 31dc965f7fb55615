package faulttest

import (
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// engine answers the part of Docker's API that tare asks for, with one image.
type engine struct {
	save func(w http.ResponseWriter, r *http.Request, archive []byte)
	look func(w http.ResponseWriter) bool // before all else; true ends the request
}

func (e *engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	img := sample()
	config := img.ConfigFile()
	w.Header().Set("Api-Version", "1.41")
	if r.URL.Path != "/_ping" && e.look != nil && e.look(w) {
		return
	}
	say := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	switch path := r.URL.Path; {
	case path == "/_ping":
		_, _ = io.WriteString(w, "OK")
	case strings.HasSuffix(path, "/images/get"):
		e.save(w, r, img.Docker25().Tar())
	case strings.HasSuffix(path, "/history"):
		say([]any{})
	default:
		var ids []string
		for _, id := range config.RootFS.DiffIDs {
			ids = append(ids, id.String())
		}
		say(map[string]any{
			"Id": img.ID().String(), "Created": config.Created, "Os": "linux", "Architecture": "amd64", "Size": 12345,
			"RootFS": map[string]any{"Type": "layers", "Layers": ids}, "Config": config.Config,
		})
	}
}

// listen serves the engine on a socket; close kills it.
func (e *engine) listen(t *testing.T) (host string, kill func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "e") // short, as a socket's path has to be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Skipf("no unix sockets here: %v", err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: e, ErrorLog: log.New(io.Discard, "", 0)}}
	server.Start()
	t.Cleanup(server.Close)
	return "unix://" + listener.Addr().String(), func() {
		listener.Close()
		server.CloseClientConnections()
	}
}

func TestEngines(t *testing.T) {
	needFaults(t)
	whole := func(w http.ResponseWriter, _ *http.Request, archive []byte) { _, _ = w.Write(archive) }
	var kill func()
	faults := []struct {
		name, how string
		engine    engine
		code      int
		says      string
	}{
		{"a healthy engine", "nothing", engine{save: whole}, 0, ""},
		{"an engine that dies", "its process is gone after half the image", engine{save: func(w http.ResponseWriter, _ *http.Request, archive []byte) {
			_, _ = w.Write(archive[:len(archive)/2])
			flush(w)
			kill()
		}}, 2, ""},
		{"an engine whose answer breaks off", "a reset after half the image", engine{save: func(w http.ResponseWriter, _ *http.Request, archive []byte) {
			_, _ = w.Write(archive[:len(archive)/2])
			flush(w)
			panic(http.ErrAbortHandler)
		}}, 2, ""},
		{"an image cut short", "half the archive, then a clean end", engine{save: func(w http.ResponseWriter, _ *http.Request, archive []byte) {
			_, _ = w.Write(archive[:len(archive)/2])
		}}, 2, "early"},
		{"an engine that saves nonsense", "a text instead of an archive", engine{save: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			_, _ = io.WriteString(w, "hello \x1b[2J"+strings.Repeat("x", 2000))
		}}, 2, ""},
		{"an engine that saves nothing", "an empty answer", engine{save: func(http.ResponseWriter, *http.Request, []byte) {}}, 2, ""},
		{"an engine that cannot save", "500 with a message of two lines", engine{save: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.WriteHeader(500)
			_, _ = io.WriteString(w, `{"message":"no space\nleft \u001b[31m on device"}`)
		}}, 2, "no space"},
		{"an engine that answers in HTML", "200 and a page", engine{save: whole, look: func(w http.ResponseWriter) bool {
			_, _ = io.WriteString(w, "<html>")
			return true
		}}, 2, ""},
	}
	right := ""
	for i := range faults {
		f := &faults[i]
		t.Run(f.name, func(t *testing.T) {
			const times = 3
			outcome := ""
			for range times {
				w := newWorld(t)
				var host string
				host, kill = f.engine.listen(t)
				w.env = append(w.env, "DOCKER_HOST="+host)
				r := w.run(time.Minute, "docker:app:1", "-o", "json")
				if right == "" {
					right = r.out
				}
				outcome = r.holds(t, right, f.code)
				if !strings.Contains(outcome, f.says) {
					t.Errorf("it does not say %q: %s", f.says, outcome)
				}
				w.left()
			}
			table.add(t, f.name, f.how, times, outcome)
		})
	}
}
