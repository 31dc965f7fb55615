package analyze_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
)

// TestArchivesThatChange: an archive that somebody writes to while it is read
// gives no figures, whatever stage the reading has come to.
func TestArchivesThatChange(t *testing.T) {
	t.Parallel()
	_, img := pair()
	for form, archive := range map[string]imagetest.Archive{"in place": img.Docker25(), "kaniko": img.Kaniko(), "oci": img.OCI()} {
		for _, phase := range []analyze.Phase{analyze.Reading, analyze.Judging} {
			file := filepath.Join(t.TempDir(), "image.tar")
			if err := os.WriteFile(file, archive.Tar(), 0o600); err != nil {
				t.Fatal(err)
			}
			done := false
			_, err := analyze.Image(t.Context(), file, analyze.Options{Progress: func(e analyze.Event) {
				if e.Phase != phase || done {
					return
				}
				done = true
				f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
				if err != nil {
					t.Error(err)
					return
				}
				defer f.Close()
				if _, err := f.WriteString("more"); err != nil {
					t.Error(err)
				}
			}})
			if err == nil || !strings.Contains(err.Error(), "changed while tare was reading it") || !strings.Contains(err.Error(), "image.tar") {
				t.Errorf("%s, changed in phase %v: %v", form, phase, err)
			}
		}
	}
}

// TestDirectoriesThatChange: a layout in a directory is refused like an archive
// where one of its files is written to while it is read, also by a program that
// sets the time of modification back.
func TestDirectoriesThatChange(t *testing.T) {
	t.Parallel()
	_, img := pair()
	for i := range img.Layers {
		img.Layers[i].Compression = imagetest.None
	}
	layer := imagetest.Blob(imagetest.Digest(img.Layers[0].Stored()))
	docker := img.Docker25() // which is a layout, too: without its index.json it is a docker archive in a directory
	for what, test := range map[string]struct {
		archive imagetest.Archive
		remove  string
		file    string
		fine    bool
	}{
		"a layer":                  {archive: img.OCI(), file: layer},
		"a docker archive's layer": {archive: docker, remove: "index.json", file: layer},
		"a docker archive's list":  {archive: docker, remove: "index.json", file: "manifest.json"},
		"the index":                {archive: img.OCI(), file: "index.json", fine: true}, // verified by digests
	} {
		for _, phase := range []analyze.Phase{analyze.Reading, analyze.Judging} {
			dir := t.TempDir()
			if err := test.archive.WriteDir(dir); err != nil {
				t.Fatal(err)
			}
			if test.remove != "" {
				if err := os.Remove(filepath.Join(dir, test.remove)); err != nil {
					t.Fatal(err)
				}
			}
			changed := false
			_, err := analyze.Image(t.Context(), dir, analyze.Options{Progress: func(e analyze.Event) {
				if e.Phase == phase && !changed {
					changed = true
					rewrite(t, filepath.Join(dir, test.file))
				}
			}})
			if test.fine && err == nil {
				continue
			}
			if err == nil || !strings.Contains(err.Error(), test.file+" changed while tare was reading it") {
				t.Errorf("%s, changed in phase %v: %v", what, phase, err)
			}
		}
	}
}

// rewrite turns the first byte of a file, and leaves size, inode and time of
// modification as they were.
func rewrite(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Error(err)
		return
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	var first [1]byte
	if _, err := f.ReadAt(first[:], 0); err != nil {
		t.Error(err)
	}
	first[0] ^= 1
	if _, err := f.WriteAt(first[:], 0); err != nil {
		t.Error(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Error(err)
	}
}

// TestAnotherImageOfTheSameSizeAndTime: what is kept of a file is not given for
// another content, whatever of size, inode and time of modification a program
// such as cp -p, tar -x or touch -r leaves as it was.
func TestAnotherImageOfTheSameSizeAndTime(t *testing.T) {
	t.Parallel()
	image := func(second imagetest.File) imagetest.Image {
		return imagetest.Image{Tag: "app:1", Layers: []imagetest.Layer{
			{CreatedBy: "COPY data / # buildkit", Files: []imagetest.File{imagetest.Fill("data", 5000)}},
			{CreatedBy: "RUN true # buildkit", Files: []imagetest.File{second}},
		}}
	}
	harmless, hiding := image(imagetest.Text("was.data", "")), image(imagetest.Whiteout("data"))
	layer := imagetest.Blob(imagetest.Digest(harmless.Layers[1].Stored()))
	dir := t.TempDir()
	if err := harmless.OCI().WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	for form, test := range map[string]struct {
		reference, file string
		before, after   []byte
	}{
		"archive":          {"", "image.tar", harmless.Docker25().Tar(), hiding.Docker25().Tar()},
		"streamed archive": {"", "image.tar.gz", storedGzip(t, harmless.Docker25().Tar()), storedGzip(t, hiding.Docker25().Tar())},
		"directory":        {dir, layer, harmless.Layers[1].Stored(), hiding.Layers[1].Stored()},
	} {
		path := filepath.Join(dir, filepath.FromSlash(test.file))
		if test.reference == "" {
			test.reference = path
		}
		at := time.Now().Add(-time.Hour)
		put := func(content []byte) os.FileInfo {
			t.Helper()
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			return info
		}
		kept := newCache(t)
		look := func(c *store.Store) string {
			t.Helper()
			r, err := analyze.Image(t.Context(), test.reference, analyze.Options{Store: c, NoTree: true})
			if err != nil {
				return err.Error() // a layer that is not the manifest's
			}
			return fmt.Sprintf("%s: %d bytes wasted", *r.Image.ID, r.Summary.WastedBytes)
		}
		info := put(test.before)
		before := look(kept)
		if hits, _ := kept.Counts(); hits > 0 || look(kept) != before {
			t.Fatalf("%s: the first look does not come from the file, or the second is another", form)
		}
		if hits, _ := kept.Counts(); hits == 0 && runtime.GOOS != "windows" {
			t.Errorf("%s: nothing is kept", form)
		}
		again := put(test.after)
		if again.Size() != info.Size() || !os.SameFile(again, info) || !again.ModTime().Equal(info.ModTime()) {
			t.Fatalf("%s: the test changes more than the content", form)
		}
		if got, want := look(kept), look(nil); got != want || want == before {
			t.Errorf("%s: with the cache %s; without it %s; before %s", form, got, want, before)
		}
	}
}

// storedGzip packs bytes without making them smaller.
func storedGzip(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
