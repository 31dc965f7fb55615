package fleet_test

import (
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// hub is a registry that counts which blobs it sends.
type hub struct {
	host  string
	mu    sync.Mutex
	blobs map[string]int
	deny  map[string]bool // digests of blobs that it does not send
}

func newHub(t testing.TB) *hub {
	t.Helper()
	return newHubOf(t)
}

// newHubOf makes a hub of a registry with some features.
func newHubOf(t testing.TB, with ...registry.Option) *hub {
	t.Helper()
	h := &hub{blobs: make(map[string]int), deny: make(map[string]bool)}
	inner := registry.New(append(with, registry.Logger(log.New(io.Discard, "", 0)))...)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, digest, ok := strings.Cut(r.URL.Path, "/blobs/"); ok && r.Method == http.MethodGet {
			h.mu.Lock()
			h.blobs[digest]++
			deny := h.deny[digest]
			h.mu.Unlock()
			if deny {
				http.Error(w, "gone", http.StatusNotFound)
				return
			}
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	h.host = strings.TrimPrefix(server.URL, "http://")
	return h
}

// fetched is how often each blob was asked for since the last call.
func (h *hub) fetched() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := maps.Clone(h.blobs)
	clear(h.blobs)
	return all
}

// push stores an image and returns its reference.
func (h *hub) push(t testing.TB, tag string, img imagetest.Image) string {
	t.Helper()
	reference, err := name.ParseReference(h.host + "/" + tag)
	if err == nil {
		err = remote.Write(reference, img.V1())
	}
	if err != nil {
		t.Fatal(err)
	}
	return "registry:" + h.host + "/" + tag
}

// options are those of a run with a store of its own.
func options(t testing.TB) fleet.Options {
	t.Helper()
	st, err := store.Open(t.TempDir(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return fleet.Options{Analyze: analyze.Options{Store: st, Version: "1.0"}}
}

func refs(names ...string) (all []fleet.Ref) {
	for _, name := range names {
		all = append(all, fleet.Ref{Name: name})
	}
	return all
}

func run(t testing.TB, opt fleet.Options, all []fleet.Ref) (*fleet.Part, *model.Fleet) {
	t.Helper()
	part, err := fleet.Run(t.Context(), all, opt)
	if err != nil {
		t.Fatal(err)
	}
	return part, fleet.Finish("1.0", part)
}

// base is a base image of one layer, with files of packages under its root and a CMD.
func base(seed string, size int64) imagetest.Layer {
	return imagetest.Layer{CreatedBy: "ADD " + seed + " / # buildkit", Files: []imagetest.File{imagetest.Text("etc/issue", seed), imagetest.Same("usr/bin/sh", seed, size)}}
}

// app is an image on layers, with a layer of its own that wastes a part of itself.
func app(seed string, wasted int64, below ...imagetest.Layer) imagetest.Image {
	own := imagetest.Layer{CreatedBy: "RUN make " + seed + " # buildkit", Files: []imagetest.File{
		imagetest.Same("srv/files/"+seed, seed, 20_000), imagetest.Same("root/.cache/pip/"+seed, seed, wasted),
	}}
	return imagetest.Image{Layers: append(append([]imagetest.Layer{}, below...), own)}
}

// TestSumsAreTheBlobs adds blobs up by hand, for images that share layers.
func TestSumsAreTheBlobs(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	one, two := base("one", 60_000), base("two", 50_000)
	images := map[string]imagetest.Image{
		"base/one:1": {Layers: []imagetest.Layer{one}}, "shop/a:1": app("a", 5000, one), "shop/b:1": app("b", 9000, one), "desk/c:1": app("c", 7000, two), "desk/d:1": app("d", 1000, one),
	}
	var names []string
	blobs, alone := map[string]int64{}, int64(0)
	for tag, img := range images {
		names = append(names, h.push(t, tag, img))
		for _, l := range img.Layers {
			n := int64(len(l.Stored()))
			blobs[imagetest.Digest(l.Stored()).String()] = n
			alone += n
		}
	}
	names = append(names, "registry:"+h.host+"/shop/none:1")
	h.push(t, "shop/a:stable", images["shop/a:1"])
	names = append(names, "registry:"+h.host+"/shop/a:stable")
	var pull int64
	for _, n := range blobs {
		pull += n
	}
	h.fetched()
	part, got := run(t, options(t), refs(names...))
	fetched := h.fetched()
	for digest := range blobs {
		if n := fetched[digest]; n != 1 {
			t.Errorf("the layer %s was fetched %d times", digest, n)
		}
	}
	sums := got.Totals
	if *sums.AloneBytes != alone || *sums.PullBytes != pull || *sums.RegistryBytes != pull {
		t.Errorf("alone %d, pull %d, registry %d; want %d and %d", *sums.AloneBytes, *sums.PullBytes, *sums.RegistryBytes, alone, pull)
	}
	if sums.Images != 5 || sums.Failed != 1 || sums.Layers != len(blobs) || sums.SharedLayers != 1 || len(got.Images) != 6 {
		t.Errorf("%+v", sums)
	}
	if *sums.WastedBytes != 5000+9000+7000+1000 {
		t.Errorf("%d bytes are wasted", *sums.WastedBytes)
	}
	if len(got.Rules) != 1 || got.Rules[0].Rule != "pip-cache" || got.Rules[0].Bytes != *sums.WastedBytes || got.Rules[0].Layers != 4 {
		t.Errorf("by rule: %+v", got.Rules)
	}
	if len(got.Bases) == 0 || len(got.Bases[0].Images) != 3 || got.Bases[0].Image == nil || got.Bases[0].How != model.BaseByFleet {
		t.Errorf("bases: %+v", got.Bases)
	}
	var teams []string
	for _, team := range got.Teams {
		teams = append(teams, fmt.Sprint(team.Name, " ", team.Images, " ", team.Layers))
	}
	if diff := cmp.Diff([]string{"desk 2 4", "shop 2 3", "base 1 1"}, teams); diff != "" {
		t.Error(diff)
	}
	if len(part.Images) != 6 {
		t.Errorf("%d images in the part", len(part.Images))
	}
}
