package analyze_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/cache"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// oneImage is a Docker engine that has one image and counts how often it saves
// it. It is asked by one test at a time.
type oneImage struct {
	img   imagetest.Image
	saves int
	lie   func(*v1.ConfigFile) // changes what it says beforehand
}

func (e *oneImage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	config := e.img.ConfigFile()
	if e.lie != nil {
		e.lie(&config)
	}
	say := func(v any) { _ = json.NewEncoder(w).Encode(v) }
	w.Header().Set("Api-Version", "1.41")
	switch path := r.URL.Path; {
	case path == "/_ping":
		_, _ = io.WriteString(w, "OK")
	case strings.HasSuffix(path, "/images/get"):
		e.saves++
		_, _ = w.Write(e.img.Legacy().Tar())
	case strings.HasSuffix(path, "/history"):
		var items []map[string]any
		for _, h := range config.History {
			size := 100
			if h.EmptyLayer {
				size = 0
			}
			items = append([]map[string]any{{"Created": h.Created.Unix(), "CreatedBy": h.CreatedBy, "Comment": h.Comment, "Size": size}}, items...)
		}
		say(items)
	default:
		var ids []string
		for _, id := range config.RootFS.DiffIDs {
			ids = append(ids, id.String())
		}
		say(map[string]any{
			"Id": e.img.ID().String(), "Created": config.Created, "Os": config.OS, "Architecture": config.Architecture, "Size": 12345,
			"RootFS": map[string]any{"Type": "layers", "Layers": ids}, "Config": config.Config,
		})
	}
}

func (e *oneImage) listen(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "e") // a socket's path has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Skipf("no unix sockets here: %v", err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: e}}
	server.Start()
	t.Cleanup(server.Close)
	t.Setenv("DOCKER_HOST", "unix://"+listener.Addr().String())
}

// TestAnEngineSavesAnImageOnce: what an engine sent once it is not asked for
// again, and the report is the same to the byte. What the cache holds for that is
// no secret.
func TestAnEngineSavesAnImageOnce(t *testing.T) {
	_, img := pair()
	img.Config.Env = []string{"PATH=/bin", "API_TOKEN=planted-s3cret"}
	img.Layers = append(img.Layers, imagetest.Layer{Empty: true, CreatedBy: "ENV API_TOKEN=planted-s3cret"})
	e := &oneImage{img: img}
	e.listen(t)
	dir := filepath.Join(t.TempDir(), "tare")
	kept, err := cache.Open(dir, cache.DefaultSize)
	if err != nil {
		t.Fatal(err)
	}
	look := func(opt analyze.Options) string {
		t.Helper()
		r, err := analyze.Image(t.Context(), "docker:app:1", opt)
		if err != nil {
			t.Fatal(err)
		}
		return asJSON(t, r)
	}
	want := look(analyze.Options{})
	e.saves = 0
	for n := range 3 {
		if diff := cmp.Diff(want, look(analyze.Options{Cache: kept})); diff != "" {
			t.Errorf("look %d (-without a cache +with one):\n%s", n, diff)
		}
	}
	if e.saves != 1 {
		t.Errorf("three looks took %d saves", e.saves)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "planted") {
			t.Errorf("%s holds a secret", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if whole, removed := kept.Verify(); removed > 0 || whole < 2 {
		t.Errorf("%d entries are whole, %d were removed", whole, removed)
	}
	look(analyze.Options{Cache: kept, Verify: true})
	if e.saves != 2 {
		t.Error("a verification believes the cache")
	}
	e.lie = func(c *v1.ConfigFile) { c.History = c.History[1:] }
	look(analyze.Options{Cache: kept})
	if e.saves != 3 {
		t.Error("another history is believed")
	}
	e.lie = nil
	kept.Prune(0)
	if diff := cmp.Diff(want, look(analyze.Options{Cache: kept})); diff != "" || e.saves != 4 {
		t.Errorf("after pruning: %d saves, %s", e.saves, diff)
	}
}
