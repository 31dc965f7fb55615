package releases_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/releases"
	"github.com/tare-oci/tare/model"
)

// history draws releases of an image of some lines: at each release some lines hold something
// else, and every line below them is built again, with other times.
func history(r *rand.Rand, lines, count int) (images []imagetest.Image, changed [][]bool) {
	version, built := make([]int, lines), make([]int, lines)
	for at := range count {
		now := make([]bool, lines)
		above := false
		img := imagetest.Image{}
		for line := range lines {
			if at > 0 && line > 0 && r.IntN(4) == 0 {
				now[line] = true
				version[line]++
			}
			if above = above || now[line]; above {
				built[line] = at
			}
			f := imagetest.Same(fmt.Sprintf("d%d/f", line), fmt.Sprint(line, " ", version[line]), int64(3000+1000*line))
			f.ModTime = time.Unix(int64(1_700_000_000+built[line]), 0)
			img.Layers = append(img.Layers, imagetest.Layer{Files: []imagetest.File{f}, CreatedBy: fmt.Sprintf("COPY d%d /d%d # buildkit", line, line)})
		}
		images, changed = append(images, img), append(changed, now)
	}
	return images, changed
}

func rowOf(t *testing.T, images []imagetest.Image, why bool) *model.Releases {
	t.Helper()
	series := releases.New("1.0")
	for at, img := range images {
		file := filepath.Join(t.TempDir(), "image.tar")
		if err := os.WriteFile(file, img.OCI().Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := analyze.Open(t.Context(), file, analyze.Options{Contents: why})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		var r *model.Report
		if why {
			result, err := h.Analyze(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			r = result.Report
		} else if r, err = h.Describe(t.Context()); err != nil {
			t.Fatal(err)
		}
		series.Add([]string{fmt.Sprint("app:1.", at)}, r)
	}
	return series.Finish()
}

// TestRowsAreTheBlobs adds up blobs by hand, for random rows of releases.
func TestRowsAreTheBlobs(t *testing.T) {
	for seed := range uint64(imagetest.Rounds(3, 5, 12)) {
		r := rand.New(rand.NewPCG(seed, 19))
		images, changed := history(r, 2+r.IntN(5), 2+r.IntN(6))
		quick, row := rowOf(t, images, false), rowOf(t, images, true)
		var pulled, again, perfect int64
		for at := range images {
			have := map[string]bool{}
			if at > 0 {
				for _, l := range images[at-1].Layers {
					have[imagetest.Digest(l.Stored()).String()] = true
				}
			}
			var now, vain int64
			for line, l := range images[at].Layers {
				size := int64(len(l.Stored()))
				if have[imagetest.Digest(l.Stored()).String()] {
					continue
				}
				now += size
				if at > 0 && !changed[at][line] {
					vain += size
				}
				if at > 0 && changed[at][line] {
					perfect += size
				}
			}
			for _, table := range []*model.Releases{quick, row} {
				if got := *table.Releases[at].PullBytes; got != now {
					t.Fatalf("seed %d, release %d: %d bytes are pulled, want %d", seed, at, got, now)
				}
			}
			if at == 0 {
				continue
			}
			if got := *row.Releases[at].PulledAgainBytes; got != vain {
				t.Fatalf("seed %d, release %d: %d bytes for nothing, want %d", seed, at, got, vain)
			}
			pulled, again = pulled+now, again+vain
		}
		if *row.Totals.PullBytes != pulled || *row.Totals.PulledAgainBytes != again || *quick.Totals.PullBytes != pulled {
			t.Errorf("seed %d: %d and %d in all, want %d and %d", seed, *row.Totals.PullBytes, *row.Totals.PulledAgainBytes, pulled, again)
		}
		if quick.Totals.PulledAgainBytes != nil || quick.Order != nil {
			t.Errorf("seed %d: nothing was read, and yet it says what is pulled for nothing", seed)
		}
		if row.Order != nil && (*row.Totals.OrderedBytes < perfect || *row.Totals.OrderedBytes >= pulled) {
			t.Errorf("seed %d: %d bytes in another order, of %d, and %d changed", seed, *row.Totals.OrderedBytes, pulled, perfect)
		}
		for i, l := range row.Lines {
			own := 0
			for at := range changed {
				if changed[at][i] {
					own++
				}
			}
			if l.Own != own {
				t.Errorf("seed %d, line %d: it changed %d times by itself, want %d", seed, i, l.Own, own)
			}
		}
	}
}

// TestSeldomStandsAboveOften: the order proposed has what changes often below the rest.
func TestSeldomStandsAboveOften(t *testing.T) {
	images, _ := history(rand.New(rand.NewPCG(3, 3)), 5, 9)
	row := rowOf(t, images, true)
	if row.Order == nil {
		t.Fatal("no order is better than one that was drawn")
	}
	seen := map[int]bool{}
	for i, line := range row.Order {
		seen[line] = true
		if i > 0 && row.Lines[row.Order[i-1]].Own > row.Lines[line].Own {
			t.Errorf("line %d, which changed more often, stands above line %d", row.Order[i-1], line)
		}
	}
	if len(seen) != len(row.Order) {
		t.Errorf("a line stands twice: %v", row.Order)
	}
	if len(row.Notes) != 1 || !strings.Contains(row.Notes[0], "--base IMAGE") {
		t.Errorf("nobody told the base, and the notes are %q", row.Notes)
	}
	if quick := rowOf(t, images, false); len(quick.Notes) > 0 {
		t.Errorf("without an order, the notes are %q", quick.Notes)
	}
}

// TestTheBaseStays: lines of a base that somebody named are in no other order, and a release on another base is
// pulled whole above it.
func TestTheBaseStays(t *testing.T) {
	layer := func(line, content string) imagetest.Layer {
		return imagetest.Layer{Files: []imagetest.File{imagetest.Same(line+"/f", content, 4000)}, CreatedBy: "COPY " + line + " /" + line + " # buildkit"}
	}
	images := make([]imagetest.Image, 6)
	for at := range images {
		base := fmt.Sprint("base", at/3) // another one from the fourth on
		seldom := layer("seldom", base)
		seldom.Files[0].ModTime = time.Unix(int64(1_700_000_000+at), 0)
		images[at].Layers = []imagetest.Layer{layer("base", base), layer("often", fmt.Sprint(at)), seldom}
	}
	opt := analyze.Options{Base: "1", Contents: true}
	series := releases.New("1.0")
	for at, img := range images {
		file := filepath.Join(t.TempDir(), "image.tar")
		if err := os.WriteFile(file, img.OCI().Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := analyze.Image(t.Context(), file, opt)
		if err != nil {
			t.Fatal(err)
		}
		series.Add([]string{fmt.Sprint("app:1.", at)}, r)
	}
	row := series.Finish()
	if want := []int{2, 1}; !slices.Equal(row.Order, want) || len(row.Notes) > 0 {
		t.Fatalf("the order is %v, want %v; notes %q", row.Order, want, row.Notes)
	}
	if !row.Lines[0].Step.Inherited || row.Lines[1].Step.Inherited {
		t.Errorf("of the base are %v and %v", row.Lines[0].Step.Inherited, row.Lines[1].Step.Inherited)
	}
	// In the new order, what changes seldom is pulled with the new base alone.
	want := row.Lines[0].Pulls[3] + row.Lines[2].Pulls[3]
	for at := 1; at < len(images); at++ {
		want += row.Lines[1].Pulls[at]
	}
	if *row.Totals.OrderedBytes != want {
		t.Errorf("%d bytes in that order, want %d", *row.Totals.OrderedBytes, want)
	}
}

// TestFailedRelease: an image that cannot be read is a row, and the next one is held
// against the last that could.
func TestFailedRelease(t *testing.T) {
	images, _ := history(rand.New(rand.NewPCG(1, 1)), 3, 2)
	series := releases.New("1.0")
	for at, img := range images {
		file := filepath.Join(t.TempDir(), "image.tar")
		if err := os.WriteFile(file, img.OCI().Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := analyze.Image(t.Context(), file, analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		series.Add([]string{fmt.Sprint(at)}, r)
		series.AddFailed([]string{"broken"}, "it is broken")
	}
	row := series.Finish()
	if len(row.Releases) != 4 || row.Releases[1].Error == "" || row.Releases[1].PullBytes != nil {
		t.Errorf("%+v", row.Releases)
	}
	if got := row.Releases[2].PullBytes; got == nil || *got > *row.Releases[2].CompressedSize {
		t.Error("the third release is not held against the first")
	}
	for _, l := range row.Lines {
		if len(l.Pulls) != len(row.Releases) {
			t.Errorf("%d releases in a line, not %d", len(l.Pulls), len(row.Releases))
		}
	}
}

// TestUnlistedLayersAreUnknown: standard input, as an engine, lists its layers only when they are read; what
// people pull of such a release, and of the next, is not 0.
func TestUnlistedLayersAreUnknown(t *testing.T) {
	images, _ := history(rand.New(rand.NewPCG(1, 1)), 3, 2)
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, images[1].OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	series := releases.New("1.0")
	for _, name := range []string{"-", file} {
		var opt analyze.Options
		opt.Stdin = bytes.NewReader(images[0].Docker25().Tar())
		h, err := analyze.Open(t.Context(), name, opt)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		r, err := h.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		series.Add([]string{name}, r)
	}
	row := series.Finish()
	for i, known := range []bool{false, true} {
		if r := row.Releases[i]; (r.CompressedSize != nil) != known || r.PullBytes != nil {
			t.Errorf("%s: %v to pull, %v new", r.References[0], r.CompressedSize, r.PullBytes)
		}
	}
	if row.Totals.PullBytes != nil || len(row.Notes) != 1 {
		t.Errorf("%v in all, notes %q", row.Totals.PullBytes, row.Notes)
	}
}

// TestSizesThatAreLies: where manifests disagree about a layer, what its releases weigh is unknown, and a note
// names them.
func TestSizesThatAreLies(t *testing.T) {
	report := func(size int64, own string) *model.Report {
		return &model.Report{Image: model.Image{CompressedSize: model.Ptr(size + 5)}, Layers: []model.Layer{
			{Digest: model.Ptr("sha256:base"), CompressedSize: &size}, {Digest: &own, CompressedSize: model.Ptr(int64(5))},
		}}
	}
	series := releases.New("1.0")
	series.Add([]string{"app:1"}, report(1000, "sha256:a"))
	series.Add([]string{"app:2"}, report(1, "sha256:b"))
	row := series.Finish()
	for _, r := range row.Releases {
		if r.CompressedSize != nil || r.PullBytes != nil {
			t.Errorf("%s: %v to pull, %v new", r.References[0], *r.CompressedSize, r.PullBytes)
		}
	}
	for _, l := range row.Lines {
		if strings.Contains(fmt.Sprint(l.Pulls), "1000") && l.Bytes != nil {
			t.Errorf("%+v", l)
		}
	}
	if len(row.Notes) != 1 || !strings.Contains(row.Notes[0], "app:1 says 1000 bytes, app:2 says 1 bytes") {
		t.Errorf("notes: %q", row.Notes)
	}
}

// TestLinesWithoutSizes: a line whose layers come from an engine, which does not say what a registry sends, is not
// pulled for 0 bytes.
func TestLinesWithoutSizes(t *testing.T) {
	series := releases.New("1.0")
	for _, digest := range []string{"sha256:a", "sha256:b"} {
		series.Add([]string{digest}, &model.Report{Layers: []model.Layer{{DiffID: &digest}}})
	}
	row := series.Finish()
	for _, l := range row.Lines {
		if l.Changes > 0 && l.Bytes != nil {
			t.Errorf("%+v: %d bytes", l, *l.Bytes)
		}
	}
	if len(row.Notes) != 1 || row.Totals.PullBytes != nil {
		t.Errorf("%v, notes %q", row.Totals.PullBytes, row.Notes)
	}
}
