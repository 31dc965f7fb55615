package scan_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
)

// BenchmarkLibraries scans a layer of programs and of small files of Python, with the packages of
// programming languages and without, where a layer is streamed and where it is read in place.
func BenchmarkLibraries(b *testing.B) {
	name, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	program, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	var files []imagetest.File
	for i := range 5 {
		files = append(files, imagetest.File{Path: fmt.Sprint("usr/bin/p", i), Body: program})
	}
	for i := range 4000 {
		files = append(files, imagetest.File{Path: fmt.Sprintf("usr/lib/python3/site-packages/m%d/f%d.py", i/40, i), Body: program[i*1000 : i*1000+5000]})
	}
	for _, c := range []imagetest.Compression{imagetest.None, imagetest.Gzip} {
		stored := imagetest.Layer{Files: files, Compression: c}
		blob, tar := stored.Stored(), stored.Uncompressed()
		l := layer(blob, imagetest.Digest(blob).String(), "")
		for _, with := range []bool{false, true} {
			opt := scan.Options{Libraries: with, Secrets: true, Executables: func(string) bool { return false }}
			b.Run(fmt.Sprintf("%s, libraries %t", c, with), func(b *testing.B) {
				b.SetBytes(int64(len(tar)))
				for b.Loop() {
					if _, err := scan.Layer(b.Context(), l, opt); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
