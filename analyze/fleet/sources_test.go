package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
	"github.com/tare-oci/tare/analyze/indexstore"
	"github.com/tare-oci/tare/model"
)

// randomLayer is a layer of some files, some of which rules call waste, and some of which hide or
// delete what random layers below have.
func randomLayer(r *rand.Rand) imagetest.Layer {
	l := imagetest.Layer{CreatedBy: fmt.Sprintf("RUN make step%d # buildkit", r.IntN(20))}
	paths := []string{"srv/app", "usr/bin/tool", "var/log/app.log", "root/.cache/pip/wheel", "var/lib/apt/lists/deb.list", "tmp/scratch", "etc/app.conf", "opt/data/a", "opt/data/b"}
	r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	for _, path := range paths[:1+r.IntN(4)] {
		switch r.IntN(8) {
		case 0:
			l.Files = append(l.Files, imagetest.Whiteout(path))
		case 1:
			l.Files = append(l.Files, imagetest.Same(path, "always the same", 3000))
		default:
			l.Files = append(l.Files, imagetest.Same(path, fmt.Sprint(r.IntN(6)), int64(r.IntN(40_000))))
		}
	}
	return l
}

// randomPair are two images that may share layers, or hold the same in others.
func randomPair(r *rand.Rand) [2]imagetest.Image {
	var common []imagetest.Layer
	for range r.IntN(3) {
		common = append(common, randomLayer(r))
	}
	var pair [2]imagetest.Image
	for i := range pair {
		pair[i].Layers = slices.Clone(common)
		for range 1 + r.IntN(3) {
			pair[i].Layers = append(pair[i].Layers, randomLayer(r))
		}
	}
	if r.IntN(2) == 0 { // the last layer of one, built again
		again := pair[0].Layers[len(pair[0].Layers)-1]
		again.Files = append(slices.Clone(again.Files), imagetest.Text("var/log/stamp", fmt.Sprint(r.IntN(1000))))
		pair[1].Layers = append(pair[1].Layers, again)
	}
	if r.IntN(2) == 0 { // a layer that is there several times
		pair[1] = withRepeats(r, pair[1])
	}
	for i := range pair {
		pair[i].Tag = "app-" + string(rune('a'+i)) + ":1"
	}
	return pair
}

// place is a source of a pair of images.
type place struct {
	name  string
	names [2]string
	opt   fleet.Options
}

// placesOf puts a pair into a place of each kind.
func placesOf(t *testing.T, h *hub, pair [2]imagetest.Image, keys *indexstore.Keys, engines *[2]enginetest.Engine) []place {
	t.Helper()
	dir := t.TempDir()
	file := func(name string, archive imagetest.Archive) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, archive.Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	shared := filepath.Join(dir, "indexes")
	reader, other := newMachine(t, shared, keys), newMachine(t, shared, keys)
	all := []place{{name: "registry", opt: options(t)}, {name: "engine", opt: options(t)}, {name: "oci archive", opt: options(t)}, {name: "oci directory", opt: options(t)}, {name: "docker archive", opt: options(t)}, {name: "old docker archive", opt: options(t)}, {name: "index store", opt: other.Options}}
	for i, img := range pair {
		engines[i].Image = img
		letter := string(rune('a' + i))
		layout := filepath.Join(dir, "layout-"+letter)
		if err := img.OCI().WriteDir(layout); err != nil {
			t.Fatal(err)
		}
		pushed := h.push(t, "app-"+letter+":1", img)
		for n, name := range []string{
			pushed, "docker:app-" + letter + ":1", "oci-archive:" + file("oci-"+letter, img.OCI()), "oci-dir:" + layout,
			"docker-archive:" + file("docker-"+letter, img.Docker25()), "docker-archive:" + file("legacy-"+letter, img.Legacy()), pushed,
		} {
			all[n].names[i] = name
		}
	}
	run(t, reader.Options, refs(all[0].names[:]...)) // which fills the index store
	return all
}

// told is what of a fleet does not depend on where its images lie, and what may be unknown there.
type told struct {
	Totals  model.FleetTotals
	Images  []model.FleetImage
	Rules   []model.FleetRule
	Changes []model.FleetChange
	Steps   []model.FleetInstruction
}

// toldOf takes the figures of a fleet. The images stand in the order of the pair.
func toldOf(f *model.Fleet) told {
	all := told{Totals: f.Totals, Rules: f.Rules, Steps: f.Instructions}
	for _, c := range f.Changes {
		c.Layers = make([]int, len(c.Layers)) // layers are in another order where other sizes are known
		all.Changes = append(all.Changes, c)
	}
	all.Totals.Registries, all.Totals.RegistryBytes = nil, nil
	for _, img := range f.Images {
		all.Images = append(all.Images, model.FleetImage{Layers: make([]int, len(img.Layers)), CompressedSize: img.CompressedSize, OwnBytes: img.OwnBytes, Size: img.Size, WastedBytes: img.WastedBytes, WastedCompressedBytes: img.WastedCompressedBytes, AvoidableBytes: img.AvoidableBytes, Efficiency: img.Efficiency, Error: img.Error})
	}
	return all
}

// ifBoth lets a figure that one side does not know be any.
var ifBoth = cmp.Comparer(func(a, b *int64) bool { return a == nil || b == nil || *a == *b })

// TestFiguresOfAnySource: random pairs of images have the same figures wherever they lie, where both places know
// them: in a fleet, in one whose images lie in two places, and held against each other. Uncompressed
// figures are known everywhere, and what is not known is never 0.
func TestFiguresOfAnySource(t *testing.T) {
	var engines [2]enginetest.Engine
	host, _ := enginetest.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		which := 0
		if strings.Contains(r.URL.String(), "app-b") || strings.Contains(r.URL.String(), engines[1].Image.ID().String()) {
			which = 1
		}
		engines[which].ServeHTTP(w, r)
	}))
	t.Setenv("DOCKER_HOST", host)
	keys := indexstore.GenerateKeys()
	h := newHub(t)
	for seed := range uint64(imagetest.Rounds(1, 1, 8)) {
		r := rand.New(rand.NewPCG(seed, 19))
		pair := randomPair(r)
		places := placesOf(t, h, pair, keys, &engines)
		h.fetched()
		var first told
		var firstDiff held
		for i, p := range places {
			_, got := run(t, p.opt, refs(p.names[:]...))
			if p.name == "index store" {
				for digest, n := range h.fetched() {
					if slices.ContainsFunc(got.Layers, func(l model.FleetLayer) bool { return *l.Digest == digest }) {
						t.Errorf("seed %d: the layer %s was fetched %d times, although its index is kept", seed, digest, n)
					}
				}
			}
			figures, diff := toldOf(got), comparisonOf(t, p)
			if i == 0 {
				first, firstDiff = figures, diff
				continue
			}
			if d := cmp.Diff(first, figures, ifBoth); d != "" {
				t.Errorf("seed %d: a registry (-) and %s (+):\n%s", seed, p.name, d)
			}
			if d := cmp.Diff(firstDiff, diff, ifBoth, ifBothKnow); d != "" {
				t.Errorf("seed %d: held against each other, in a registry (-) and in %s (+):\n%s", seed, p.name, d)
			}
			checkUnknown(t, fmt.Sprint("seed ", seed, ", ", p.name), got)
			h.fetched()
			_, mixed := run(t, options(t), refs(places[0].names[0], p.names[1]))
			if d := cmp.Diff(first, toldOf(mixed), ifBoth); d != "" {
				t.Errorf("seed %d: both in a registry (-) and one in %s (+):\n%s", seed, p.name, d)
			}
			checkUnknown(t, fmt.Sprint("seed ", seed, ", registry and ", p.name), mixed)
			h.fetched()
		}
	}
}

// ifBothKnow is ifBoth for differences.
var ifBothKnow = cmp.Comparer(func(a, b *model.Delta) bool { return a == nil || b == nil || *a == *b })

// held is what of a comparison does not depend on where images lie.
type held struct {
	Totals model.Totals
	Again  []model.PulledAgain
	Steps  []model.InstructionChange
}

// comparisonOf holds the images of a place against each other.
func comparisonOf(t *testing.T, p place) held {
	t.Helper()
	var both [2]*model.Report
	for i, name := range p.names {
		opt := p.opt.Analyze
		opt.Contents, opt.IgnoreTOC = true, true
		report, err := analyze.Image(t.Context(), name, opt)
		if err != nil {
			t.Fatal(err)
		}
		both[i] = report
	}
	c := compare.Reports(both[0], both[1])
	all := held{Totals: c.Totals, Steps: c.Instructions}
	for _, again := range c.PulledAgain {
		again.Step = nil
		all.Again = append(all.Again, again)
	}
	return all
}

// checkUnknown holds that what is not known is null, that sums with it are, and that nothing of it is 0.
func checkUnknown(t *testing.T, where string, f *model.Fleet) {
	t.Helper()
	pull, unknown := int64(0), false
	for i := range f.Layers {
		if n := f.Layers[i].CompressedSize; n == nil {
			unknown = true
		} else if pull += *n; *n == 0 {
			t.Errorf("%s: layer %d has 0 bytes to pull", where, i)
		}
	}
	if (f.Totals.PullBytes == nil) != unknown || !unknown && *f.Totals.PullBytes != pull {
		t.Errorf("%s: %v to pull, layers without a size: %v", where, f.Totals.PullBytes, unknown)
	}
	if unknown != slices.ContainsFunc(f.Notes, func(n string) bool { return strings.Contains(n, "what a registry sends is not known of") }) {
		t.Errorf("%s: notes %q", where, f.Notes)
	}
	for i := range f.Images {
		img := &f.Images[i]
		own, all, ownKnown, allKnown := int64(0), int64(0), true, true
		seen := make(map[int]bool)
		for _, l := range img.Layers {
			layer := &f.Layers[l]
			switch alone := len(layer.Images) == 1; {
			case seen[l]: // a blob that is there several times is pulled once
			case layer.CompressedSize == nil:
				allKnown, ownKnown = false, ownKnown && !alone
			default:
				if all += *layer.CompressedSize; alone {
					own += *layer.CompressedSize
				}
			}
			seen[l] = true
		}
		if (img.CompressedSize != nil) != allKnown || allKnown && *img.CompressedSize != all || (img.OwnBytes != nil) != ownKnown || ownKnown && *img.OwnBytes != own {
			t.Errorf("%s: image %d has %v to pull, %v of its own", where, i, img.CompressedSize, img.OwnBytes)
		}
	}
}
