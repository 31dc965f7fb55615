package scan

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source/image"
)

// ranged is a layer of a registry: parts of a blob.
func ranged(blob []byte, toc *image.TOC) image.Layer {
	return image.Layer{
		Size: int64(len(blob)), TOC: toc,
		Range: func(_ context.Context, at, n int64) (io.ReadCloser, error) {
			if at < 0 || n < 0 || at > int64(len(blob))-n {
				return nil, fmt.Errorf("range %d+%d of %d", at, n, len(blob))
			}
			return io.NopCloser(bytes.NewReader(blob[at : at+n])), nil
		},
	}
}

// chunkedLayer is a blob whose table of contents is a given text.
func chunkedLayer(t testing.TB, toc []byte) image.Layer {
	t.Helper()
	blob := imagetest.Layer{Compression: imagetest.Zstd, Tar: toc}.Stored()
	return ranged(append([]byte{0}, blob...), &image.TOC{Chunked: true, Digest: imagetest.Digest(blob).String(), Offset: 1, Size: int64(len(blob))})
}

const sum = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// TestTOCsThatDoNotTell: a table that leaves something open, or that contradicts
// itself, is none.
func TestTOCsThatDoNotTell(t *testing.T) {
	tests := map[string]string{
		"no JSON":              `hello`,
		"a list":               `[]`,
		"cut":                  `{"version":1,"entries":[{"name":"a","type":"dir"}`,
		"entries are a number": `{"entries":1}`,
		"unknown type":         `{"entries":[{"name":"a","type":"door"}]}`,
		"no digest":            `{"entries":[{"name":"a","type":"reg","size":1,"offset":0,"endOffset":1}]}`,
		"no place":             `{"entries":[{"name":"a","type":"reg","size":1,"digest":"` + sum + `"}]}`,
		"another digest":       `{"entries":[{"name":"a","type":"reg","size":1,"offset":1,"endOffset":2,"digest":"md5:00"}]}`,
		"beyond the table":     `{"entries":[{"name":"a","type":"reg","size":1,"offset":1,"endOffset":2000,"digest":"` + sum + `"}]}`,
		"backwards":            `{"entries":[{"name":"a","type":"reg","size":1,"offset":1,"endOffset":1,"digest":"` + sum + `"}]}`,
		"negative":             `{"entries":[{"name":"a","type":"reg","size":-1,"digest":"` + sum + `"}]}`,
		"a name that is lost":  `{"entries":[{"name":"a\ufffd","type":"dir"}]}`,
		"members are shared":   `{"entries":[{"name":"a","type":"reg","size":1,"innerOffset":4,"digest":"` + sum + `"}]}`,
		"a layer of 64 GiB":    `{"entries":[{"name":"a","type":"reg","size":99999999999999,"offset":1,"endOffset":2,"digest":"` + sum + `"}]}`,
		"an endless item":      `{"entries":[{"name":"` + string(bytes.Repeat([]byte("a"), 5<<20)) + `"}]}`,
		"an endless preface":   `{"` + string(bytes.Repeat([]byte("a"), 5<<20)) + `":1}`,
	}
	for name, toc := range tests {
		t.Run(name, func(t *testing.T) {
			x, err := TOC(context.Background(), chunkedLayer(t, []byte(toc)), Options{})
			if !errors.Is(err, ErrTOC) {
				t.Errorf("%v, %v", x, err)
			}
		})
	}
	if _, err := TOC(context.Background(), chunkedLayer(t, []byte(`{"version":1,"entries":null}`)), Options{}); err != nil {
		t.Error("an empty layer:", err)
	}
}

// FuzzTOC: no table makes it panic or leads out of the blob, and what an index
// says is within the blob.
func FuzzTOC(f *testing.F) {
	for _, how := range []imagetest.Compression{imagetest.EStargz, imagetest.ZstdChunked} {
		img := imagetest.Image{Layers: []imagetest.Layer{{Compression: how, Files: []imagetest.File{
			imagetest.Dir("d"), imagetest.Text("d/a", "some words"), imagetest.HardLink("d/b", "d/a"), imagetest.Symlink("s", "d"), imagetest.Text("e", ""),
			imagetest.Whiteout("d/gone"),
		}}}}
		f.Add(img.Layers[0].Stored(), []byte(nil))
	}
	f.Add([]byte(nil), []byte(`{"version":1,"entries":[{"name":"a","type":"reg","size":1,"offset":1,"endOffset":3,"digest":"`+sum+`"},{"name":"a","type":"chunk"}]}`))
	f.Fuzz(func(t *testing.T, blob, toc []byte) {
		l := chunkedLayer(t, toc)
		if len(blob) > 0 {
			l = ranged(blob, &image.TOC{})
			// Whoever makes the table makes its digest.
			if start, err := stargzStart(blob[max(0, len(blob)-footerSize):]); err == nil && start > 0 && start < int64(len(blob)) {
				l.TOC.Digest = tableDigest(blob[start:])
			}
		}
		x, err := TOC(context.Background(), l, Options{Capture: func(string, int64) bool { return true }})
		if err != nil {
			return
		}
		left := x.BlobSize
		for i := range x.Entries {
			e := &x.Entries[i]
			if e.Share < 0 || e.Size < 0 {
				t.Fatalf("%+v", e)
			}
			left -= e.Share
		}
		if left < 0 {
			t.Fatalf("shares are %d bytes more than the blob", -left)
		}
		if again, err := Decode(x.AppendBinary(nil)); err != nil || !again.TOC {
			t.Fatal("it cannot be kept:", err)
		}
	})
}

// tableDigest is the digest of the file in a table's member, "" where there is
// none.
func tableDigest(member []byte) string {
	plain, err := gzip.NewReader(bytes.NewReader(member))
	if err != nil {
		return ""
	}
	archive := tar.NewReader(plain)
	if _, err := archive.Next(); err != nil {
		return ""
	}
	table, err := io.ReadAll(io.LimitReader(archive, 1<<20))
	if err != nil {
		return ""
	}
	return imagetest.Digest(table).String()
}
