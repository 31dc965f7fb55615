package scan_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
)

// BenchmarkLayer scans a layer of a program's bytes in files of 20 kB, stored in
// each way; MB/s are of the decompressed tar.
func BenchmarkLayer(b *testing.B) {
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		b.Fatal(err)
	}
	var files []imagetest.File
	for i := 0; len(data) > 0; i++ {
		n := min(20_000, len(data))
		files = append(files, imagetest.File{Path: fmt.Sprintf("usr/bin/%02d/part-%d", i%50, i), Body: data[:n]})
		data = data[n:]
	}
	for _, c := range imagetest.Compressions() {
		stored := imagetest.Layer{Files: files, Compression: c}
		blob, tar := stored.Stored(), stored.Uncompressed()
		l := layer(blob, imagetest.Digest(blob).String(), "")
		run := func(name string, opt scan.Options) {
			b.Run(name, func(b *testing.B) {
				b.SetBytes(int64(len(tar)))
				for b.Loop() {
					if _, err := scan.Layer(b.Context(), l, opt); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		if c == imagetest.None {
			run("none, in place", scan.Options{})
			run("none, verified", scan.Options{Verify: true})
		} else {
			run(c.String(), scan.Options{})
		}
	}
}
