package sourcetest

import (
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/compression"
	"github.com/tare-oci/tare/analyze/compression/xz"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source/image"
)

// ReadAll reads every layer's blob as stored, whichever way the image offers it.
func ReadAll(t *testing.T, img *image.Image) [][]byte {
	t.Helper()
	blobs := make(map[string][]byte)
	if img.Stream != nil {
		var err error
		if blobs, err = ReadStream(img); err != nil {
			t.Fatal(err)
		}
	}
	var all [][]byte
	for n, l := range img.Layers {
		if l.Blob != "" {
			all = append(all, blobs[l.Blob])
			continue
		}
		r, err := l.Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		if int64(len(content)) != l.Size {
			t.Errorf("layer %d: read %d bytes, Size is %d", n, len(content), l.Size)
		}
		if l.At != nil {
			again := make([]byte, l.Size)
			if _, err := l.At.ReadAt(again, 0); err != nil && !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			if !bytes.Equal(again, content) {
				t.Errorf("layer %d: At and Open differ", n)
			}
		}
		all = append(all, content)
	}
	return all
}

// ReadStream reads the blobs of a stream to its end, by name.
func ReadStream(img *image.Image) (map[string][]byte, error) {
	blobs := make(map[string][]byte)
	for {
		blob, err := img.Stream.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return blobs, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(blob)
		if err != nil {
			return nil, err
		}
		blobs[blob.Name] = content
	}
}

// plain decompresses a blob.
func plain(t *testing.T, blob []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(blob)
	switch compression.Detect(blob) {
	case compression.Gzip:
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case compression.Zstd:
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	case compression.XZ:
		r = xz.NewReader(r)
	case compression.Bzip2:
		r = bzip2.NewReader(r)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// CheckLayers reads all layers and compares them with their diff IDs and
// digests, which shows that each stands in its place.
func CheckLayers(t *testing.T, img *image.Image) {
	t.Helper()
	for n, blob := range ReadAll(t, img) {
		l := img.Layers[n]
		if l.Digest != "" && l.Digest != imagetest.Digest(blob).String() {
			t.Errorf("layer %d: digest is %s, the blob's %s", n, l.Digest, imagetest.Digest(blob))
		}
		if got := imagetest.Digest(plain(t, blob)).String(); got != l.DiffID {
			t.Errorf("layer %d: diff ID is %s, the content's %s", n, l.DiffID, got)
		}
	}
}

// CheckSample compares what an image says about itself with the sample.
func CheckSample(t *testing.T, img *image.Image, asPushed bool) {
	t.Helper()
	want := Sample().ConfigFile()
	if diff := cmp.Diff(want.History, img.Config.History); diff != "" {
		t.Errorf("history: %s", diff)
	}
	if diff := cmp.Diff(want.RootFS.DiffIDs, img.Config.RootFS.DiffIDs); diff != "" {
		t.Errorf("diff IDs: %s", diff)
	}
	if img.ID != Sample().ID().String() {
		t.Errorf("ID is %s, want %s", img.ID, Sample().ID())
	}
	if img.Platform != "linux/amd64" {
		t.Errorf("platform is %q", img.Platform)
	}
	for n, l := range img.Layers {
		if l.AsPushed != asPushed {
			t.Errorf("layer %d: AsPushed is %v", n, l.AsPushed)
		}
		if asPushed && (l.Digest == "" || l.MediaType == "") {
			t.Errorf("layer %d has no digest or media type", n)
		}
	}
	if (img.Digest != "") != asPushed {
		t.Errorf("digest is %q", img.Digest)
	}
	if asPushed && img.Annotations["org.opencontainers.image.base.name"] != "example.org/team/base:1" {
		t.Errorf("annotations are %v", img.Annotations)
	}
}
