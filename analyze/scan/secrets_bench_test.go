package scan_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/secrets"
)

// BenchmarkSecrets scans a layer of the image's own files, with what looks for secrets and without,
// where the layer is read in place and where it streams by: tare's own sources, a hundred
// thousand short programs, and noise.
func BenchmarkSecrets(b *testing.B) {
	var sources, short, noise []imagetest.File
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		body, err := fs.ReadFile(root, path)
		if len(body) <= secrets.MaxSize && strings.HasSuffix(path, ".go") {
			sources = append(sources, imagetest.File{Path: "srv/" + path, Body: body})
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for i := range 100_000 {
		short = append(short, imagetest.Text(fmt.Sprintf("app/%03d/m%d.py", i%500, i), fmt.Sprintf("# number %d\nimport os\n\n\ndef main():\n    return os.getenv('SOME_NAME_%d', 'a default value')\n", i, i)))
	}
	for i := range 1000 {
		noise = append(noise, imagetest.Fill(fmt.Sprint("srv/", i), 50_000))
	}
	for _, c := range []struct {
		name  string
		files []imagetest.File
	}{{"sources", sources}, {"short", short}, {"noise", noise}} {
		for _, how := range []imagetest.Compression{imagetest.None, imagetest.Gzip} {
			stored := imagetest.Layer{Files: c.files, Compression: how}
			blob, tar := stored.Stored(), stored.Uncompressed()
			l := layer(blob, imagetest.Digest(blob).String(), "")
			for _, with := range []bool{false, true} {
				b.Run(fmt.Sprintf("%s, %s, secrets %t", c.name, how, with), func(b *testing.B) {
					b.SetBytes(int64(len(tar)))
					b.ReportAllocs()
					for b.Loop() {
						if _, err := scan.Layer(b.Context(), l, scan.Options{Secrets: with}); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
