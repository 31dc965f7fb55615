package fleet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/indexstore"
)

// BenchmarkScale looks at 2,000 synthetic images of 6,000 distinct layers (TARE_SCALE sets another
// number of images), in four shards one after the other that share indexes in a directory, merges them, and
// runs once more with every index there. docs/scale.md has what it prints.
//
//	go test ./analyze/fleet -run none -bench Scale -benchtime 1x
func BenchmarkScale(b *testing.B) {
	images := 2000
	if n, err := strconv.Atoi(os.Getenv("TARE_SCALE")); err == nil {
		images = n
	}
	h := newHub(b)
	var names []string
	var bases []imagetest.Layer
	for i := range 20 {
		bases = append(bases, base(fmt.Sprint("base", i), 200_000))
	}
	for i := range images {
		seed := fmt.Sprint("app", i)
		img := app(seed, 5000, bases[i%len(bases)])
		for n := range 2 {
			img.Layers = append(img.Layers, imagetest.Layer{CreatedBy: "COPY " + seed, Files: filesOf(fmt.Sprint(seed, "-", n), 40)})
		}
		names = append(names, h.push(b, fmt.Sprintf("team%d/app%d:1", i%40, i), img))
	}
	all := refs(names...)
	for b.Loop() {
		place, keys := b.TempDir(), indexstore.GenerateKeys()
		h.fetched()
		var files []*fleet.PartFile
		for n := range 4 {
			m := newMachine(b, place, keys)
			report(b, m, fmt.Sprintf("shard %d of 4", n+1), func() { files = append(files, m.shard(b, all, n, 4)) })
		}
		m := newMachine(b, place, keys)
		var part *fleet.Part
		report(b, m, "merge", func() { part = m.merge(b, files...) })
		twice := 0
		blobs := layersOf(part, h.fetched())
		for _, n := range blobs {
			if n > 1 {
				twice++
			}
		}
		b.Logf("%d images, %d distinct layers, %d fetched, %d of them more than once; indexes %.1f MB; part %.1f MB", len(part.Images), len(part.Layers), len(blobs), twice, float64(sizeOf(b, place))/1e6, float64(len(encoded(b, part)))/1e6)
		later := newMachine(b, place, keys)
		later.Share = fleet.Share{}
		report(b, later, "a later run", func() { run(b, later.Options, all) })
		b.Logf("a later run fetches %d layers", len(layersOf(part, h.fetched())))
	}
}

func filesOf(seed string, n int) (files []imagetest.File) {
	for i := range n {
		files = append(files, imagetest.Text(fmt.Sprintf("opt/%s/lib/file%d", seed, i), fmt.Sprint(seed, i)))
	}
	return files
}

func sizeOf(t testing.TB, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			info, infoErr := e.Info()
			n, err = n+info.Size(), infoErr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// report does a step, and logs what it took: the heap is looked at after each tenth of it, when what is
// not needed any more is gone.
func report(b *testing.B, m *machine, step string, act func()) {
	b.Helper()
	var heap []string
	var next atomic.Int64
	m.Progress = func(e fleet.Event) {
		if e.All < 100 || e.Done*10/e.All == int(next.Load()) {
			return
		}
		if next.Store(int64(e.Done * 10 / e.All)); e.Done*10/e.All%3 == 0 && e.Done > 0 {
			runtime.GC()
			var s runtime.MemStats
			runtime.ReadMemStats(&s)
			heap = append(heap, fmt.Sprintf("%s %d%%: %d MB", e.Step, e.Done*100/e.All, s.HeapAlloc>>20))
		}
	}
	begin := time.Now()
	act()
	b.Logf("%s: %.1f s; heap %v", step, time.Since(begin).Seconds(), heap)
}
