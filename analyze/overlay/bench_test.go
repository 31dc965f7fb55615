package overlay_test

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/overlay"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source/image"
)

// manyFiles scans a layer of n small files, 100 to a directory, that is never held
// as a tar. Names are as long as they are in node_modules.
func manyFiles(tb testing.TB, layer, n int) *scan.Index {
	tb.Helper()
	l := image.Layer{Size: -1, Open: func(context.Context) (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() {
			t := tar.NewWriter(w)
			for i := range n {
				name := fmt.Sprintf("srv/app-%d/node_modules/package-%05d/file-%02d.js", layer, i/100, i%100)
				t.WriteHeader(&tar.Header{Name: name, Size: 0, Mode: 0o644, Typeflag: tar.TypeReg})
			}
			w.CloseWithError(t.Close())
		}()
		return r, nil
	}}
	x, err := scan.Layer(tb.Context(), l, scan.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// BenchmarkAdd stacks a layer of 50,000 files on an empty image.
func BenchmarkAdd(b *testing.B) {
	x := manyFiles(b, 0, 50_000)
	for b.Loop() {
		if _, _, err := overlay.New().Add(b.Context(), x, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/50_000, "ns/entry")
}

// BenchmarkWhiteouts adds 2,000 whiteouts over 50,000 files: the case in which
// walking the tree for each whiteout takes minutes.
func BenchmarkWhiteouts(b *testing.B) {
	below := manyFiles(b, 0, 50_000)
	var gone []imagetest.File
	for i := range 2_000 {
		gone = append(gone, whiteout(below.Path(&below.Entries[i*25])))
	}
	above, _ := index(b, imagetest.Tar(gone...), streamed)
	for b.Loop() {
		b.StopTimer()
		stack := overlay.New()
		if _, _, err := stack.Add(b.Context(), below, nil); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		tally, _, err := stack.Add(b.Context(), above, nil)
		if err != nil || tally.Deleted != 2_000 {
			b.Fatal(tally, err)
		}
	}
}

// BenchmarkHeap stacks a million files in twenty layers and says what stays in
// memory when the ledger is done.
func BenchmarkHeap(b *testing.B) {
	const layers, files = 20, 50_000
	for b.Loop() {
		before := heap()
		stack := overlay.New()
		for i := range layers {
			if _, _, err := stack.Add(b.Context(), manyFiles(b, i, files), nil); err != nil {
				b.Fatal(err)
			}
		}
		building := heap()
		ledger, err := stack.Finish(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		tree := ledger.Tree
		stack, ledger = nil, nil
		b.ReportMetric(float64(building-before)/1e6, "MB-stacking")
		b.ReportMetric(float64(heap()-before)/1e6, "MB-finished")
		runtime.KeepAlive(tree)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
