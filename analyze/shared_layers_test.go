package analyze_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
)

// pair is an image and what became of it: two layers shared, one of them twice,
// one gone and one new. The shared ones lie at other places of the stack.
func pair() (before, after imagetest.Image) {
	base := imagetest.Layer{CreatedBy: "ADD base / # buildkit", Files: []imagetest.File{imagetest.Text("etc/os-release", "ID=test\n"), imagetest.Fill("usr/lib/libc.so", 6_000)}}
	data := imagetest.Layer{CreatedBy: "COPY data / # buildkit", Files: []imagetest.File{imagetest.Fill("srv/files/data", 10_000)}}
	gone := imagetest.Layer{CreatedBy: "RUN old # buildkit", Files: []imagetest.File{imagetest.Fill("opt/lib/old", 4_000)}}
	came := imagetest.Layer{CreatedBy: "RUN new # buildkit", Files: []imagetest.File{imagetest.Fill("opt/lib/new", 8_000), imagetest.Whiteout("srv/files/data")}}
	before = imagetest.Image{Tag: "app:1", Layers: []imagetest.Layer{base, gone, data}}
	after = imagetest.Image{Tag: "app:2", Layers: []imagetest.Layer{base, data, came, data}}
	return before, after
}

func written(t *testing.T, r *model.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := (report.JSON{Files: true}).Write(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What two images share is fetched once, and the reports are the same as those of
// two analyses that know nothing of each other.
func TestSharedLayersAreFetchedOnce(t *testing.T) {
	for _, verify := range []bool{false, true} {
		m := newMeter(t)
		before, after := pair()
		names := []string{m.push(t, before), m.push(t, after)}
		analyse := func(opt analyze.Options) (reports []*model.Report) {
			opt.Verify = verify
			for _, name := range names {
				r, err := analyze.Image(t.Context(), name, opt)
				if err != nil {
					t.Fatal(err)
				}
				reports = append(reports, r)
			}
			return reports
		}
		alone := analyse(analyze.Options{})
		m.fetched()
		together := analyse(analyze.Options{Layers: &analyze.Layers{}})
		fetched := m.fetched()
		for i := range together {
			if diff := cmp.Diff(written(t, alone[i]), written(t, together[i])); diff != "" {
				t.Errorf("%s (-alone +with the other):\n%s", names[i], diff)
			}
		}
		layers := 0
		for _, r := range together {
			for _, l := range r.Layers {
				if n := fetched[*l.Digest]; n != 1 {
					t.Errorf("verify %v: layer %d of %s was fetched %d times", verify, l.Index, r.Image.Reference, n)
				}
				layers++
			}
		}
		if layers != 7 {
			t.Errorf("%d layers", layers)
		}
	}
}

// Archives, read in place or as a stream, in every mixture and compression:
// sharing never changes a report.
func TestSharingChangesNothing(t *testing.T) {
	t.Parallel()
	before, after := pair()
	dir := t.TempDir()
	for k, c := range imagetest.Compressions()[:imagetest.Rounds(2, 2, 6)] {
		for i := range before.Layers {
			before.Layers[i].Compression = c
		}
		for i := range after.Layers {
			after.Layers[i].Compression = c
		}
		names := make([][]string, 2) // of either image: in place, as a stream; by shape
		for i, img := range []imagetest.Image{before, after} {
			for shape, a := range map[string]imagetest.Archive{"oci": img.Containerd(), "docker": img.Docker25(), "kaniko": img.Kaniko()} {
				plain := filepath.Join(dir, fmt.Sprint(c, shape, i, ".tar"))
				var packed bytes.Buffer
				z, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
				if _, err := z.Write(a.Tar()); err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(z.Close(), os.WriteFile(plain, a.Tar(), 0o644), os.WriteFile(plain+".gz", packed.Bytes(), 0o644)); err != nil {
					t.Fatal(err)
				}
				names[i] = append(names[i], plain, plain+".gz")
			}
		}
		analyse := func(name string, opt analyze.Options) string {
			r, err := analyze.Image(t.Context(), name, opt)
			if err != nil {
				t.Fatal(err)
			}
			return written(t, r)
		}
		alone := make(map[string]string)
		for _, name := range slices.Concat(names...) {
			alone[name] = analyse(name, analyze.Options{})
		}
		for i, first := range names[0] {
			for j, second := range names[1] {
				if k > 0 && j != i && j != (i+3)%len(names[1]) {
					continue // shapes and streams mix in the first compression
				}
				shared := &analyze.Layers{}
				for _, name := range []string{first, second} {
					if got := analyse(name, analyze.Options{Layers: shared}); got != alone[name] {
						t.Errorf("%s then %s: the report of %s is another:\n%s", first, second, name, cmp.Diff(alone[name], got))
					}
				}
			}
		}
	}
}

// TestSharingThroughTwoStores: a command opens the cache for each of two images, and what one
// has of a layer serves the other. A file that is stored again is a copy there, too.
func TestSharingThroughTwoStores(t *testing.T) {
	file := imagetest.Fill("srv/data", 10_000)
	again := file
	again.Mode = 0o600
	base := imagetest.Layer{CreatedBy: "COPY data / # buildkit", Files: []imagetest.File{file}}
	chmod := func(name string) imagetest.Layer {
		return imagetest.Layer{CreatedBy: "RUN " + name + " # buildkit", Files: []imagetest.File{again, imagetest.Fill("opt/"+name, 100)}}
	}
	dir := t.TempDir()
	shared := &analyze.Layers{}
	for _, name := range []string{"one", "two"} {
		archive := filepath.Join(dir, name+".tar")
		img := imagetest.Image{Tag: "app:" + name, Layers: []imagetest.Layer{base, chmod(name)}}
		if err := os.WriteFile(archive, img.OCI().Tar(), 0o644); err != nil {
			t.Fatal(err)
		}
		alone, err := analyze.Image(t.Context(), archive, analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cache, err := store.Open(filepath.Join(dir, "cache"), store.DefaultSize)
		if err != nil {
			t.Fatal(err)
		}
		r, err := analyze.Image(t.Context(), archive, analyze.Options{Layers: shared, Store: cache})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(written(t, alone), written(t, r)); diff != "" {
			t.Errorf("%s (-alone +with the other):\n%s", name, diff)
		}
		if !slices.ContainsFunc(r.Findings, func(f model.Finding) bool { return f.Cause != nil && *f.Cause == model.Copied.String() }) {
			t.Errorf("%s: nothing is a copy", name)
		}
	}
}
