package analyze_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
	"github.com/tare-oci/tare/analyze/store"
)

// TestAnEngineWithContainerd: where an engine's ID is of an index, provenance
// included, the report is kept, and found again before anything is sent. Where
// the image names a base, that may come to the engine later: nothing is kept.
func TestAnEngineWithContainerd(t *testing.T) {
	_, img := pair()
	for i := range img.Layers {
		img.Layers[i].Compression = imagetest.None // as manifest.json has them
	}
	e := &enginetest.Engine{API: "1.48", Archive: func(img imagetest.Image) []byte {
		index := imagetest.Index{Images: []imagetest.Image{img}, Attestations: true}
		return index.OCI().With("manifest.json", img.Docker25().Body("manifest.json")).Tar()
	}}
	host, _ := enginetest.Listen(t, e)
	t.Setenv("DOCKER_HOST", host)
	for _, c := range []struct {
		name   string
		labels map[string]string
		kept   bool
	}{
		{"an image", nil, true},
		{"another", map[string]string{"a": "b"}, true},
		{"one that names its base", map[string]string{"org.opencontainers.image.base.name": "debian:13"}, false},
	} {
		img.Config.Labels = c.labels
		e.Image, e.ID = img, img.Digest().String()
		kept := newCache(t)
		for n := range 3 {
			fresh, known, ok := looks(t, "docker:app:1", analyze.Options{Store: kept})
			if diff := cmp.Diff(fresh, known); diff != "" || ok != (c.kept && n > 0) {
				t.Errorf("%s, look %d: answered from the cache: %t\n%s", c.name, n, ok, diff)
			}
		}
		if _, _, ok := looks(t, "docker:app:1", analyze.Options{Store: kept, Base: "1"}); ok {
			t.Errorf("%s: another base is answered from the cache", c.name)
		}
	}
}

// TestAnEngineWithCompressedLayers: an image without provenance is not sent
// again by such an engine either, whatever is wanted of it.
func TestAnEngineWithCompressedLayers(t *testing.T) {
	_, img := pair()
	for i := range img.Layers {
		img.Layers[i].Compression = imagetest.Gzip
	}
	e := &enginetest.Engine{Image: img, API: "1.48", ID: img.Digest().String(), Archive: func(img imagetest.Image) []byte {
		var list []map[string]any
		layers := make([]string, len(img.Layers))
		for i, l := range img.Layers {
			layers[i] = imagetest.Blob(imagetest.Digest(l.Stored()))
		}
		list = append(list, map[string]any{"Config": imagetest.Blob(img.ID()), "Layers": layers})
		doc, err := json.Marshal(list)
		if err != nil {
			t.Error(err)
		}
		return img.OCI().With("manifest.json", doc).Tar()
	}}
	host, _ := enginetest.Listen(t, e)
	t.Setenv("DOCKER_HOST", host)
	kept := newCache(t)
	var reports []string
	for range 3 {
		r, err := analyze.Image(t.Context(), "docker:app:1", analyze.Options{Store: kept})
		if err != nil {
			t.Fatal(err)
		}
		if *r.Image.ID != img.ID().String() {
			t.Errorf("the image's ID is %s", *r.Image.ID)
		}
		reports = append(reports, asJSON(t, r))
	}
	if n := e.Saves.Load(); n != 1 {
		t.Errorf("three looks took %d saves", n)
	}
	if diff := cmp.Diff(reports[0], reports[1]) + cmp.Diff(reports[0], reports[2]); diff != "" {
		t.Error(diff)
	}
}

// TestAnEngineSavesAnImageOnce: what an engine sent once it is not asked for
// again, and the report is the same to the byte. What the cache holds for that is
// no secret.
func TestAnEngineSavesAnImageOnce(t *testing.T) {
	_, img := pair()
	img.Config.Env = []string{"PATH=/bin", "API_TOKEN=planted-s3cret"}
	img.Layers = append(img.Layers, imagetest.Layer{Empty: true, CreatedBy: "ENV API_TOKEN=planted-s3cret"})
	e := &enginetest.Engine{Image: img, API: "1.41"}
	host, _ := enginetest.Listen(t, e)
	t.Setenv("DOCKER_HOST", host)
	dir := filepath.Join(t.TempDir(), "tare")
	kept, err := store.Open(dir, store.DefaultSize)
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
	e.Saves.Store(0)
	for n := range 3 {
		if diff := cmp.Diff(want, look(analyze.Options{Store: kept})); diff != "" {
			t.Errorf("look %d (-without a cache +with one):\n%s", n, diff)
		}
	}
	if n := e.Saves.Load(); n != 1 {
		t.Errorf("three looks took %d saves", n)
	}
	for n := range 3 {
		fresh, known, ok := looks(t, "docker:app:1", analyze.Options{Store: kept})
		if diff := cmp.Diff(fresh, known); diff != "" || ok != (n > 0) {
			t.Errorf("look %d without the tree: answered from the cache: %t\n%s", n, ok, diff)
		}
	}
	if n := e.Saves.Swap(1); n != 4 { // one before, and three by those without a cache
		t.Errorf("three looks without the tree took %d saves", n)
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
	look(analyze.Options{Store: kept, Verify: true})
	if e.Saves.Load() != 2 {
		t.Error("a verification believes the cache")
	}
	another := img.ConfigFile()
	another.History = another.History[1:]
	e.Config = &another
	look(analyze.Options{Store: kept})
	if e.Saves.Load() != 3 {
		t.Error("another history is believed")
	}
	e.Config = nil
	kept.Prune(0)
	if diff := cmp.Diff(want, look(analyze.Options{Store: kept})); diff != "" || e.Saves.Load() != 4 {
		t.Errorf("after pruning: %d saves, %s", e.Saves.Load(), diff)
	}
}

// race is an engine whose tag moves between two requests: some are answered by
// one image, some by another.
type race struct {
	asked, sent atomic.Pointer[enginetest.Engine]
	onSave      func()
}

func (r *race) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if strings.HasSuffix(request.URL.Path, "/images/get") {
		sent := r.sent.Load()
		if r.onSave != nil {
			r.onSave()
		}
		sent.ServeHTTP(w, request)
		return
	}
	r.asked.Load().ServeHTTP(w, request)
}

// TestATagThatMoves: where a tag moves between an engine's answer and the image
// that it sends, the report is of what came, and is kept under the ID of that and
// of nothing else.
func TestATagThatMoves(t *testing.T) {
	before, after := pair()
	for i := range before.Layers {
		before.Layers[i].Compression = imagetest.None
	}
	for i := range after.Layers {
		after.Layers[i].Compression = imagetest.None
	}
	after.Config.Labels = map[string]string{"a": "b"}
	sameLayers := before
	sameLayers.Config.Env = []string{"A=b"}
	containerd := func(img imagetest.Image) []byte {
		index := imagetest.Index{Images: []imagetest.Image{img}, Attestations: true}
		return index.OCI().With("manifest.json", img.Docker25().Body("manifest.json")).Tar()
	}
	for form, test := range map[string]struct {
		after   imagetest.Image
		archive func(imagetest.Image) []byte
		id      func(imagetest.Image) string
	}{
		"docker":                      {after, nil, func(img imagetest.Image) string { return img.ID().String() }},
		"docker, another config":      {sameLayers, nil, func(img imagetest.Image) string { return img.ID().String() }},
		"containerd":                  {after, containerd, func(img imagetest.Image) string { return img.Digest().String() }},
		"containerd, another config":  {sameLayers, containerd, func(img imagetest.Image) string { return img.Digest().String() }},
		"an ID that is no one's":      {after, nil, func(img imagetest.Image) string { return imagetest.Digest([]byte(img.ID().String())).String() }},
		"no ID's, and another config": {sameLayers, nil, func(img imagetest.Image) string { return imagetest.Digest([]byte(img.ID().String())).String() }},
	} {
		engine := func(img imagetest.Image) *enginetest.Engine {
			return &enginetest.Engine{Image: img, ID: test.id(img), Archive: test.archive, API: "1.48"}
		}
		old, moved := engine(before), engine(test.after)
		for _, stays := range []bool{true, false} {
			r := &race{}
			r.asked.Store(old)
			r.sent.Store(moved)
			if stays { // moved for good; else only the answer was of a moment ago
				r.onSave = func() { r.asked.Store(moved) }
			}
			host, _ := enginetest.Listen(t, r)
			t.Setenv("DOCKER_HOST", host)
			kept := newCache(t)
			for _, noTree := range []bool{true, false} {
				r.asked.Store(old)
				report, err := analyze.Image(t.Context(), "docker:app:1", analyze.Options{Store: kept, NoTree: noTree})
				if err != nil {
					t.Fatal(err)
				}
				if want := test.after.ID().String(); *report.Image.ID != want {
					t.Errorf("%s: the report is of %s, not of what was sent", form, *report.Image.ID)
				}
				if told := strings.Contains(strings.Join(report.Notes, "\n"), "another image than it had named"); told == stays {
					t.Errorf("%s, moved for good %t: the notes are %q", form, stays, report.Notes)
				}
			}
			r.onSave = nil
			for _, now := range []*enginetest.Engine{old, moved, old} {
				r.asked.Store(now)
				r.sent.Store(now)
				fresh, known, _ := looks(t, "docker:app:1", analyze.Options{Store: kept})
				if diff := cmp.Diff(fresh, known); diff != "" || *known.Image.ID != now.Image.ID().String() {
					t.Errorf("%s, moved for good %t: what is kept is of another image (-fresh +kept):\n%s", form, stays, diff)
				}
			}
			if _, _, ok := looks(t, "docker:app:1", analyze.Options{Store: kept}); !ok {
				t.Errorf("%s: nothing is kept in the end", form)
			}
		}
	}
}
