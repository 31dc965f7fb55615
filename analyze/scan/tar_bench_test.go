package scan

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// BenchmarkHeaders walks an archive of 100,000 empty files with this package's
// reader and with archive/tar.
func BenchmarkHeaders(b *testing.B) {
	const n = 100_000
	var files []imagetest.File
	for i := range n {
		files = append(files, imagetest.File{Path: fmt.Sprintf("usr/lib/python3/dist-packages/package%03d/module_%d.py", i%500, i)})
	}
	archive := imagetest.Tar(files...)
	b.Run("tare", func(b *testing.B) {
		b.ReportAllocs()
		window := make([]byte, seekWindow)
		for b.Loop() {
			t := &tarReader{cur: &seekCursor{at: bytes.NewReader(archive), size: int64(len(archive)), mem: window, tick: func() error { return nil }}}
			var h header
			count := 0
			for t.next(&h) == nil {
				count++
			}
			if count != n {
				b.Fatalf("%d entries", count)
			}
		}
	})
	b.Run("stdlib", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			t := tar.NewReader(bytes.NewReader(archive))
			count := 0
			for {
				if _, err := t.Next(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
				count++
			}
			if count != n {
				b.Fatalf("%d entries", count)
			}
		}
	})
}
