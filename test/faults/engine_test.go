package faults

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
)

// faultyEngine is a Docker engine with the sample.
type faultyEngine struct {
	save func(w http.ResponseWriter, r *http.Request, archive []byte)
	look func(w http.ResponseWriter) bool // before all else but a ping; true ends the request
}

func (e *faultyEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/_ping" && e.look != nil && e.look(w) {
		return
	}
	newest := func(img imagetest.Image) []byte { return img.Docker25().Tar() }
	(&enginetest.Engine{Image: sample(), API: "1.41", Save: e.save, Archive: newest}).ServeHTTP(w, r)
}

func TestEngines(t *testing.T) {
	needFaults(t)
	var kill func()
	faults := []struct {
		name, how string
		engine    faultyEngine
		code      int
		says      string
	}{
		{"a healthy engine", "nothing", faultyEngine{}, 0, ""},
		{"an engine that dies", "its process is gone after half the image", faultyEngine{save: func(w http.ResponseWriter, _ *http.Request, archive []byte) {
			_, _ = w.Write(archive[:len(archive)/2])
			flush(w)
			kill()
		}}, 2, ""},
		{"an engine whose answer breaks off", "a reset after half the image", faultyEngine{save: func(w http.ResponseWriter, _ *http.Request, archive []byte) {
			_, _ = w.Write(archive[:len(archive)/2])
			flush(w)
			panic(http.ErrAbortHandler)
		}}, 2, ""},
		{"an image cut short", "half the archive, then a clean end", faultyEngine{save: func(w http.ResponseWriter, _ *http.Request, archive []byte) {
			_, _ = w.Write(archive[:len(archive)/2])
		}}, 2, "early"},
		{"an engine that saves nonsense", "a text instead of an archive", faultyEngine{save: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			_, _ = io.WriteString(w, "hello \x1b[2J"+strings.Repeat("x", 2000))
		}}, 2, ""},
		{"an engine that saves nothing", "an empty answer", faultyEngine{save: func(http.ResponseWriter, *http.Request, []byte) {}}, 2, ""},
		{"an engine that cannot save", "500 with a message of two lines", faultyEngine{save: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.WriteHeader(500)
			_, _ = io.WriteString(w, `{"message":"no space\nleft \u001b[31m on device"}`)
		}}, 2, "no space"},
		{"an engine that answers in HTML", "200 and a page", faultyEngine{look: func(w http.ResponseWriter) bool {
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
				host, kill = enginetest.Listen(t, &f.engine)
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
