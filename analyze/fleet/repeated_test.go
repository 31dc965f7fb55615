package fleet_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/releases"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// blobsOf adds up what a manifest lists, each digest once, without those that others list.
func blobsOf(t *testing.T, img imagetest.Image, without ...imagetest.Image) (sum int64) {
	t.Helper()
	read := func(img imagetest.Image) map[string]int64 {
		var manifest struct {
			Layers []struct {
				Digest string
				Size   int64
			}
		}
		if err := json.Unmarshal(img.RawManifest(), &manifest); err != nil {
			t.Fatal(err)
		}
		all := make(map[string]int64)
		for _, l := range manifest.Layers {
			all[l.Digest] = l.Size
		}
		return all
	}
	own := read(img)
	for _, other := range without {
		for digest := range read(other) {
			delete(own, digest)
		}
	}
	for _, size := range own {
		sum += size
	}
	return sum
}

// withRepeats puts some of an image's layers into it once more.
func withRepeats(r *rand.Rand, img imagetest.Image) imagetest.Image {
	img.Layers = slices.Clone(img.Layers)
	for range 1 + r.IntN(3) {
		again := img.Layers[r.IntN(len(img.Layers))]
		img.Layers = slices.Insert(img.Layers, r.IntN(len(img.Layers)+1), again)
	}
	return img
}

// TestABlobIsPulledOnce: of a layer that an image has several times every face counts the blob once, as a registry
// sends it, and what it takes on disk each time.
func TestABlobIsPulledOnce(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	for seed := range uint64(imagetest.Rounds(4, 4, 12)) {
		r := rand.New(rand.NewPCG(seed, 27))
		pair := randomPair(r)
		var names [2]string
		for i := range pair {
			pair[i] = withRepeats(r, pair[i])
			names[i] = h.push(t, fmt.Sprintf("twice%d:%d", seed, i+1), pair[i])
		}
		opt := options(t).Analyze
		opt.Contents, opt.IgnoreTOC = true, true
		var reports, described [2]*model.Report
		for i, name := range names {
			report, err := analyze.Image(t.Context(), name, opt)
			if err != nil {
				t.Fatal(err)
			}
			want := blobsOf(t, pair[i])
			checkAddsUp(t, fmt.Sprint(seed, "/", i), report, want)
			reports[i], described[i] = report, describe(t, name, opt)
			if got := described[i].Image.CompressedSize; got == nil || *got != want {
				t.Errorf("seed %d: the manifest says %v to pull, want %d", seed, got, want)
			}
			table, err := analyze.Bases(t.Context(), strings.TrimPrefix(name, "registry:"), "1.0", source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := table.InUse.CompressedSize; *got != want {
				t.Errorf("seed %d: as a base it is %d to pull, want %d", seed, *got, want)
			}
		}
		fresh := blobsOf(t, pair[1], pair[0])
		if got := compare.Reports(reports[0], reports[1]).Totals; *got.PullBytes != fresh || got.CompressedSize.New != blobsOf(t, pair[1]) {
			t.Errorf("seed %d: compare says %d new of %d, want %d of %d", seed, *got.PullBytes, got.CompressedSize.New, fresh, blobsOf(t, pair[1]))
		} else if again := got.PulledAgainBytes; again == nil || *again > fresh {
			t.Errorf("seed %d: %v of %d are pulled again", seed, again, fresh)
		}
		for _, rows := range [][2]*model.Report{reports, described} {
			series := releases.New("1.0")
			series.Add(names[:1], rows[0])
			series.Add(names[1:], rows[1])
			checkReleases(t, seed, series.Finish(), blobsOf(t, pair[0]), fresh)
		}
		_, f := run(t, options(t), refs(names[:]...))
		checkUnknown(t, fmt.Sprint("seed ", seed), f)
		if got, want := *f.Totals.PullBytes, blobsOf(t, pair[0])+fresh; got != want {
			t.Errorf("seed %d: a node pulls %d, want %d", seed, got, want)
		}
		checkLayerWaste(t, seed, f)
	}
}

func describe(t *testing.T, name string, opt analyze.Options) *model.Report {
	t.Helper()
	h, err := analyze.Open(t.Context(), name, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	r, err := h.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checkAddsUp holds a report's compressed figures to what is pulled of the image.
func checkAddsUp(t *testing.T, where string, r *model.Report, want int64) {
	t.Helper()
	layers, overhead, wasted := int64(0), int64(0), int64(0)
	for i := range r.Layers {
		layers += *r.Layers[i].CompressedSize
		overhead += *r.Layers[i].CompressedOverheadBytes
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Wasted() {
			wasted += *f.CompressedBytes
		}
	}
	if *r.Image.CompressedSize != want || layers != want || overhead != *r.Image.CompressedOverheadBytes {
		t.Errorf("%s: %d to pull, the layers %d, want %d; overhead %d, of the layers %d", where, *r.Image.CompressedSize, layers, want, *r.Image.CompressedOverheadBytes, overhead)
	}
	if wasted != *r.Summary.WastedCompressedBytes || wasted > want {
		t.Errorf("%s: %d of %d are wasted, findings hold %d", where, *r.Summary.WastedCompressedBytes, want, wasted)
	}
	noted := slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "are one blob") })
	files := 0
	for i, repeated := range r.Repeated() {
		if repeated {
			files += r.Layers[i].Files
		}
	}
	if noted != (files > 0) {
		t.Errorf("%s: notes %q", where, r.Notes)
	}
}

// checkReleases holds a row of two releases to what is pulled of them.
func checkReleases(t *testing.T, seed uint64, row *model.Releases, first, fresh int64) {
	t.Helper()
	var sums [2]int64
	for i := range row.Lines {
		for at, n := range row.Lines[i].Pulls {
			sums[at] += n
		}
	}
	if *row.Releases[0].PullBytes != first || *row.Releases[1].PullBytes != fresh || *row.Totals.PullBytes != fresh || sums != [2]int64{first, fresh} {
		t.Errorf("seed %d: releases pull %d and %d, the lines %v, want %d and %d", seed, *row.Releases[0].PullBytes, *row.Releases[1].PullBytes, sums, first, fresh)
	}
}

// checkLayerWaste holds that no layer wastes more than it holds, and no change saves more of it.
func checkLayerWaste(t *testing.T, seed uint64, f *model.Fleet) {
	t.Helper()
	for i := range f.Layers {
		l := &f.Layers[i]
		if *l.WastedBytes > *l.Size || *l.WastedCompressedBytes > *l.CompressedSize {
			t.Errorf("seed %d: layer %d wastes %d of %d, %d of %d to pull", seed, i, *l.WastedBytes, *l.Size, *l.WastedCompressedBytes, *l.CompressedSize)
		}
	}
	if *f.Totals.WastedCompressedBytes > *f.Totals.PullBytes {
		t.Errorf("seed %d: %d of %d to pull are wasted", seed, *f.Totals.WastedCompressedBytes, *f.Totals.PullBytes)
	}
	for i := range f.Changes {
		room := int64(0)
		for _, l := range f.Changes[i].Layers {
			room += *f.Layers[l].Size
		}
		if f.Changes[i].Bytes > room {
			t.Errorf("seed %d: %q saves %d of %d", seed, f.Changes[i].Title, f.Changes[i].Bytes, room)
		}
	}
}
