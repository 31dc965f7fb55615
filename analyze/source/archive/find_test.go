package archive_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source/archive"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestFind: images are found whatever saved them, and nothing else is.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	img := sourcetest.Sample()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(img.OCI().Tar())
	z.Close()
	write("legacy.tar", img.Legacy().Tar())
	write("docker25.TAR", img.Docker25().Tar())
	write("oci.tar.gz", packed.Bytes())
	write("cut.tar", img.OCI().Tar()[:1536]) // it begins as one
	write("rootfs.tar", imagetest.Tar(imagetest.Text("etc/passwd", "x"), imagetest.Text("manifest.json", "[]").Chmod(0o644)))
	write("other.tar", imagetest.Tar(imagetest.Text("src/main.go", "x")))
	write("empty.tar", nil)
	write("noise.tar", imagetest.Noise("noise", 5000))
	write("image.txt", img.OCI().Tar())
	for _, name := range []string{"layout", "plain"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := img.OCI().WriteDir(filepath.Join(dir, "layout")); err != nil {
		t.Fatal(err)
	}
	found, err := archive.Find(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range found {
		names = append(names, f.Name)
		if f.Directory != (f.Name == "layout") || !f.Directory && f.Size == 0 || f.Changed.IsZero() {
			t.Errorf("%+v", f)
		}
	}
	if diff := cmp.Diff([]string{"cut.tar", "docker25.TAR", "layout", "legacy.tar", "oci.tar.gz", "rootfs.tar"}, names); diff != "" {
		t.Error(diff)
	}
	if _, err := archive.Find(t.Context(), filepath.Join(dir, "gone")); err == nil {
		t.Error("a directory that is not there is no error")
	}
}
