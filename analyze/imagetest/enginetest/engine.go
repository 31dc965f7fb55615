// Package enginetest is the API of an engine that has one image, for tests. It is apart from imagetest
// because whoever links a server links HTTP and TLS, which most tests of images need not.
package enginetest

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
	"sync/atomic"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// Engine answers the part of Docker's API that tare asks for, with one image
// whatever its name (https://docs.docker.com/reference/api/engine/).
type Engine struct {
	Image  imagetest.Image
	Config *v1.ConfigFile // what it says of the image before it saves it; nil for the truth
	API    string         // the version it speaks; "" tells none
	Podman bool           // it says that it is Podman
	ID     string         // the image's; "" for the digest of its config
	// Save answers a request for the image, given as docker save has it; nil
	// sends that.
	Save func(w http.ResponseWriter, r *http.Request, archive []byte)
	// Archive makes that; nil for the oldest form.
	Archive func(imagetest.Image) []byte
	// Saves counts the requests for it.
	Saves atomic.Int64
	// Containers are what the engine makes of the image; nil for one that makes none.
	Containers *Containers
}

func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.API != "" {
		w.Header().Set("Api-Version", e.API)
	}
	if e.Podman {
		w.Header().Set("Libpod-Api-Version", "4.3.1")
	}
	switch {
	case e.Containers != nil && e.Containers.serve(w, r, e.Image):
	case strings.HasPrefix(r.URL.Path, "/containers/"):
		w.WriteHeader(http.StatusNotFound)
	case r.URL.Path == "/_ping":
		_, _ = io.WriteString(w, "OK")
	case strings.HasSuffix(r.URL.Path, "/images/get"):
		e.Saves.Add(1)
		e.save(w, r)
	case r.URL.Path == "/images/json":
		say(w, e.list())
	case strings.HasSuffix(r.URL.Path, "/history"):
		say(w, e.history())
	default:
		say(w, e.inspection())
	}
}

func say(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // whoever hangs up hears no more
}

func (e *Engine) save(w http.ResponseWriter, r *http.Request) {
	archive := func(img imagetest.Image) []byte { return img.Legacy().Tar() }
	if e.Archive != nil {
		archive = e.Archive
	}
	if e.Save == nil {
		_, _ = w.Write(archive(e.Image))
		return
	}
	e.Save(w, r, archive(e.Image))
}

func (e *Engine) config() v1.ConfigFile {
	if e.Config != nil {
		return *e.Config
	}
	return e.Image.ConfigFile()
}

// history has the newest item first. Which items made a layer only their sizes
// tell.
func (e *Engine) history() (items []map[string]any) {
	for _, h := range e.config().History {
		size := 100
		if h.EmptyLayer {
			size = 0
		}
		items = append([]map[string]any{{"Created": h.Created.Unix(), "CreatedBy": h.CreatedBy, "Comment": h.Comment, "Size": size}}, items...)
	}
	return items
}

// list has the image under its name, under another one that sorts before it, an older
// image and one without a name.
func (e *Engine) list() []map[string]any {
	item := func(created int64, names ...string) map[string]any {
		return map[string]any{"Id": e.Image.ID().String(), "RepoTags": names, "Created": created, "Size": 12345}
	}
	return []map[string]any{item(1000, "older:1"), item(2000, e.Image.Tag, "a/first:2"), item(3000, "<none>:<none>"), item(3000)}
}

func (e *Engine) inspection() map[string]any {
	config := e.config()
	ids := make([]string, len(config.RootFS.DiffIDs))
	for i, id := range config.RootFS.DiffIDs {
		ids[i] = id.String()
	}
	id := e.ID
	if id == "" {
		id = e.Image.ID().String()
	}
	return map[string]any{
		"Id": id, "Created": config.Created, "Os": config.OS, "Architecture": config.Architecture, "Variant": config.Variant,
		"Size": 12345, "RootFS": map[string]any{"Type": "layers", "Layers": ids}, "Config": config.Config,
	}
}

// Listen serves an engine on a unix socket until the test ends. host is its
// DOCKER_HOST, kill ends it before that, with whatever it is sending.
func Listen(t testing.TB, engine http.Handler) (host string, kill func()) {
	t.Helper()
	// Not t.TempDir: the path of a socket has to be short.
	dir, err := os.MkdirTemp("", "e")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Skipf("no unix sockets here: %v", err)
	}
	server := httptest.NewUnstartedServer(engine)
	server.Listener.Close()
	server.Listener, server.Config.ErrorLog = listener, log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return "unix://" + listener.Addr().String(), func() {
		listener.Close()
		server.CloseClientConnections()
	}
}
