package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestOneImageFails: an image whose layer is gone is a row that says why and still counts by
// its manifest; all others are read.
func TestOneImageFails(t *testing.T) {
	h := newHub(t)
	one := base("one", 30_000)
	broken := app("broken", 2000, one)
	names := []string{h.push(t, "a:1", app("a", 1000, one)), h.push(t, "b:1", broken), h.push(t, "c:1", app("c", 3000, one)), "registry:" + h.host + "/none:1", "./no/such/file.tar"}
	h.deny[imagetest.Digest(broken.Layers[1].Stored()).String()] = true
	_, got := run(t, options(t), refs(names...))
	if s := got.Totals; s.Images != 3 || s.Failed != 2 || s.Unread != 1 || s.PullBytes == nil || s.WastedBytes != nil {
		t.Errorf("%+v", s)
	}
	for i := range got.Images {
		img := &got.Images[i]
		name := img.References[0]
		bad := strings.Contains(name, "none") || strings.Contains(name, "file.tar") || strings.Contains(name, "/b:")
		if bad != (img.Error != "") || strings.Contains(img.Error, "\n") {
			t.Errorf("%s: %q", name, img.Error)
		}
		if strings.Contains(name, "/b:") && (img.CompressedSize == nil || img.WastedBytes != nil) {
			t.Errorf("%s: %+v", name, img)
		}
	}
}

// TestSharedLayerFails: whoever needs a layer that cannot be read fails, one by one.
func TestSharedLayerFails(t *testing.T) {
	h := newHub(t)
	one := base("one", 30_000)
	names := []string{h.push(t, "a:1", app("a", 1000, one)), h.push(t, "b:1", app("b", 1000, one)), h.push(t, "c:1", app("c", 1000, base("two", 1000)))}
	h.deny[imagetest.Digest(one.Stored()).String()] = true
	_, got := run(t, options(t), refs(names...))
	if got.Totals.Unread != 2 || got.Images[2].Error != "" {
		t.Errorf("%+v", got.Images)
	}
}

// TestNothingIsReadTwice: a second run with the same store fetches no layer, and says the same.
func TestNothingIsReadTwice(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	names := crowdOf(t, h, 6)
	opt := options(t)
	first, _ := run(t, opt, refs(names...))
	h.fetched()
	second, _ := run(t, opt, refs(names...))
	if encoded(t, first) != encoded(t, second) {
		t.Error("the second run says something else")
	}
	for digest, n := range h.fetched() {
		if first.Layers[digest] != nil {
			t.Errorf("the layer %s was fetched %d times", digest, n)
		}
	}
}

// TestManifestsReadNoLayer: the first step asks for no layer, and says no word of waste.
func TestManifestsReadNoLayer(t *testing.T) {
	h := newHub(t)
	names := crowdOf(t, h, 5)
	h.fetched()
	part, got := run(t, fleet.Options{Manifests: true}, refs(names...))
	for digest := range h.fetched() {
		if part.Layers[digest] != nil {
			t.Errorf("the layer %s was fetched", digest)
		}
	}
	if got.Read || got.Totals.WastedBytes != nil || len(got.Changes)+len(got.Rules)+len(got.Parents) > 0 || got.Totals.PullBytes == nil {
		t.Errorf("%+v", got.Totals)
	}
}

// TestOtherSources: archives, and the same content in a registry, are one fleet.
func TestOtherSources(t *testing.T) {
	h := newHub(t)
	one := base("one", 30_000)
	img := app("a", 1000, one)
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, app("b", 1000, one).Docker25().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, got := run(t, options(t), refs(h.push(t, "a:1", img), file))
	if s := got.Totals; s.Images != 2 || s.Unread != 0 || s.Layers != 3 || s.SharedLayers != 1 || s.Size == nil {
		t.Errorf("%+v %+v", s, got.Images)
	}
}

// TestCancelled: a run that is cancelled ends with the context's error.
func TestCancelled(t *testing.T) {
	h := newHub(t)
	names := crowdOf(t, h, 4)
	opt := options(t)
	ctx, cancel := context.WithCancel(t.Context())
	opt.Described = func(*fleet.Part) { cancel() }
	if part, err := fleet.Run(ctx, refs(names...), opt); !errors.Is(err, context.Canceled) || part != nil {
		t.Errorf("%v, %v", part, err)
	}
}

// TestMemoryIsFlat: an image more costs what the part keeps of it, and no report or tree.
func TestMemoryIsFlat(t *testing.T) {
	images := imagetest.Rounds(0, 0, 100) // fewer do not tell a tree that is kept from one that is in work
	if n, err := strconv.Atoi(os.Getenv("TARE_FLEET_IMAGES")); err == nil {
		images = n
	}
	if images == 0 {
		t.Skip("reads a hundred images; runs with TARE_MANY=1")
	}
	h := newHub(t)
	names := manyImages(t, h, images)
	opt := options(t)
	opt.Analyze.Memory = nil
	var heap []float64 // after each second image
	opt.Progress = func(e fleet.Event) {
		if e.Step == "images" && e.Done%2 == 0 {
			var now runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&now)
			heap = append(heap, float64(now.HeapAlloc))
		}
	}
	part, _ := run(t, opt, refs(names...))
	mean := func(heap []float64) (mean float64) {
		for _, h := range heap {
			mean += h / float64(len(heap))
		}
		return mean
	}
	// What is in work when one looks is a few MB more or less; over a quarter of the images that
	// evens out. From the middle of the second quarter to that of the last are half of them.
	quarter := len(heap) / 4
	each := (mean(heap[3*quarter:]) - mean(heap[quarter:2*quarter])) / float64(images/2)
	t.Logf("%d images, %d layers: %.0f bytes an image", images, len(part.Layers), each)
	// The tree of one of these images takes more than that: it has 1,200 files.
	if each > 25_000 {
		t.Errorf("%.0f bytes an image", each)
	}
}

// manyImages pushes images of three layers of their own, of 400 files each, on one of ten
// bases.
func manyImages(t testing.TB, h *hub, images int) (names []string) {
	t.Helper()
	for i := range images {
		img := imagetest.Image{Layers: []imagetest.Layer{base(fmt.Sprint("base", i%10), 3000)}}
		for l := range 3 {
			layer := imagetest.Layer{CreatedBy: fmt.Sprintf("RUN make part%d of %d # buildkit", l, i)}
			for n := range 400 {
				layer.Files = append(layer.Files, imagetest.Text(fmt.Sprintf("srv/app%d/part%d/file%d", i, l, n), fmt.Sprint(i, l, n)))
			}
			layer.Files = append(layer.Files, imagetest.Fill(fmt.Sprintf("root/.cache/pip/%d-%d", i, l), 500))
			img.Layers = append(img.Layers, layer)
		}
		names = append(names, h.push(t, fmt.Sprintf("team%d/app%d:1", i%7, i), img))
	}
	return names
}

// TestNoImages: nothing to look at is an error.
func TestNoImages(t *testing.T) {
	if _, err := fleet.Run(t.Context(), nil, fleet.Options{Manifests: true}); err == nil {
		t.Error("no image is a fleet")
	}
	if _, err := fleet.Run(t.Context(), refs("a"), fleet.Options{Analyze: analyze.Options{}}); err == nil {
		t.Error("layers are read without a store")
	}
}

// TestVerifyReadsOnce: a run that verifies everything fetches each layer once, too.
func TestVerifyReadsOnce(t *testing.T) {
	h := newHub(t)
	names := crowdOf(t, h, 5)
	opt := options(t)
	opt.Analyze.Verify = true
	h.fetched()
	part, got := run(t, opt, refs(names...))
	fetched := h.fetched()
	for digest := range part.Layers {
		if fetched[digest] != 1 {
			t.Errorf("the layer %s was fetched %d times", digest, fetched[digest])
		}
	}
	if got.Totals.WastedBytes == nil {
		t.Errorf("%+v", got.Totals)
	}
}
