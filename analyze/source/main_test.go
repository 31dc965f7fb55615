package source

import (
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/compression/xz"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestMain keeps the tests away from the engines, the settings and the
// credentials of whoever runs them.
func TestMain(m *testing.M) {
	home, err := os.MkdirTemp("", "tare-source")
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "REGISTRY_AUTH_FILE", "DOCKER_AUTH_CONFIG", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		os.Unsetenv(name)
	}
	for _, name := range []string{"HOME", "USERPROFILE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "TMPDIR", "DOCKER_CONFIG"} {
		os.Setenv(name, home)
	}
	os.Setenv("DOCKER_HOST", "unix://"+filepath.Join(home, "no-docker.sock"))
	os.Setenv("CONTAINER_HOST", "unix://"+filepath.Join(home, "no-podman.sock"))
	code := m.Run()
	os.RemoveAll(home)
	os.Exit(code)
}

// sample is an image of three different layers, of which the last is the first
// again where the compression leaves plain tars.
func sample() imagetest.Image {
	first := imagetest.Layer{CreatedBy: "ADD base / # buildkit", Files: []imagetest.File{
		imagetest.Dir("etc"), imagetest.Text("etc/os-release", "ID=test\n"), imagetest.Fill("bin/sh", 1000),
	}}
	return imagetest.Image{
		Tag:         "example.org/team/app:1.2",
		Annotations: map[string]string{"org.opencontainers.image.base.name": "example.org/team/base:1"},
		Layers: []imagetest.Layer{
			first,
			{CreatedBy: "ENV A=b", Empty: true},
			{CreatedBy: "RUN make # buildkit", Files: []imagetest.File{imagetest.Fill("app", 20_000)}},
			{CreatedBy: "RUN rm app # buildkit", Files: []imagetest.File{imagetest.Whiteout("app")}},
			first,
		},
	}
}

// write puts bytes into a file of the test's own directory.
func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// folderOf unpacks an archive.
func folderOf(t *testing.T, a imagetest.Archive) string {
	t.Helper()
	dir := t.TempDir()
	if err := a.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstandard(t *testing.T, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}

// mustOpen opens an image and closes it when the test ends.
func mustOpen(t *testing.T, reference string, opt Options) *Image {
	t.Helper()
	img, err := Open(context.Background(), reference, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { img.Close() })
	return img
}

// readAll reads every layer's blob as stored, whichever way the image offers it.
func readAll(t *testing.T, img *Image) [][]byte {
	t.Helper()
	blobs := make(map[string][]byte)
	if img.Stream != nil {
		var err error
		if blobs, err = readStream(img); err != nil {
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

func readStream(img *Image) (map[string][]byte, error) {
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
	switch kindOf(blob) {
	case gzipKind:
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case zstdKind:
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	case xzKind:
		r = xz.NewReader(r)
	case bzip2Kind:
		r = bzip2.NewReader(r)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// checkLayers reads all layers and compares them with their diff IDs and
// digests, which shows that each stands in its place.
func checkLayers(t *testing.T, img *Image) {
	t.Helper()
	for n, blob := range readAll(t, img) {
		l := img.Layers[n]
		if l.Digest != "" && l.Digest != digestOf(blob) {
			t.Errorf("layer %d: digest is %s, the blob's %s", n, l.Digest, digestOf(blob))
		}
		if got := digestOf(plain(t, blob)); got != l.DiffID {
			t.Errorf("layer %d: diff ID is %s, the content's %s", n, l.DiffID, got)
		}
	}
}

// wantError checks that an error is one line, names the thing and contains what
// is expected.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	text := err.Error()
	if strings.ContainsAny(text, "\n\r\x1b") {
		t.Errorf("error is not one printable line: %q", text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("error lacks %q: %s", part, text)
		}
	}
	if testing.Verbose() {
		t.Log(text)
	}
}
