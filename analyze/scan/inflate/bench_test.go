package inflate

import (
	"archive/tar"
	"bytes"
	stdgzip "compress/gzip"
	"crypto/sha256"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// corpusSize bounds what the benchmarks decompress.
const corpusSize = 24 << 20

// BenchmarkReader decompresses what layers are made of, beside other libraries:
// text (Go sources), binaries (the Go tools), and bytes that do not compress.
func BenchmarkReader(b *testing.B) {
	for _, corpus := range []struct {
		name string
		data func(b *testing.B) []byte
	}{
		{"text", func(b *testing.B) []byte { return goTar(b, "src/runtime", "src/net", "src/go") }},
		{"binary", func(b *testing.B) []byte { return goTar(b, "bin", "pkg/tool") }},
		{"incompressible", noise},
	} {
		b.Run(corpus.name, func(b *testing.B) {
			plain := corpus.data(b)
			var packed bytes.Buffer
			w, _ := stdgzip.NewWriterLevel(&packed, 6)
			w.Write(plain)
			w.Close()
			for _, reader := range []struct {
				name string
				read func(r io.Reader) (int64, error)
			}{
				{"tare", func(r io.Reader) (n int64, err error) {
					z := NewReader(r)
					defer z.Close()
					for {
						p, err := z.Next()
						n += int64(len(p))
						z.Marks()
						if err == io.EOF {
							return n, nil
						}
						if err != nil {
							return n, err
						}
					}
				}},
				{"klauspost", func(r io.Reader) (int64, error) {
					z, err := gzip.NewReader(r)
					if err != nil {
						return 0, err
					}
					return z.WriteTo(io.Discard)
				}},
				{"stdlib", func(r io.Reader) (int64, error) {
					z, err := stdgzip.NewReader(r)
					if err != nil {
						return 0, err
					}
					return io.Copy(io.Discard, z)
				}},
			} {
				b.Run(reader.name, func(b *testing.B) {
					b.SetBytes(int64(len(plain)))
					b.ReportAllocs()
					for b.Loop() {
						n, err := reader.read(bytes.NewReader(packed.Bytes()))
						if err != nil || n != int64(len(plain)) {
							b.Fatalf("got %d of %d bytes, %v", n, len(plain), err)
						}
					}
				})
			}
		})
	}
}

// goTar archives directories of the Go installation.
func goTar(b *testing.B, dirs ...string) []byte {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skipf("no go command to find files with: %v", err)
	}
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, dir := range dirs {
		top := filepath.Join(strings.TrimSpace(string(root)), filepath.FromSlash(dir))
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || packed.Len() > corpusSize {
				return err
			}
			p, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			w.WriteHeader(&tar.Header{Name: d.Name(), Mode: 0o644, Size: int64(len(p))})
			_, err = w.Write(p)
			return err
		})
		if err != nil {
			b.Skip(err)
		}
	}
	w.Close()
	return packed.Bytes()
}

// noise is as random as checksums are.
func noise(*testing.B) []byte {
	var p []byte
	sum := sha256.Sum256(nil)
	for len(p) < corpusSize {
		sum = sha256.Sum256(sum[:])
		p = append(p, sum[:]...)
	}
	return p
}
