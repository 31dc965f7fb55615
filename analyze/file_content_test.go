package analyze_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// contentImage holds what makes a file hard to find again: shadowed versions,
// the same path twice in a layer, the same name and size in other directories, a
// path that leads through a symbolic link of the layer, hard links.
func contentImage(c imagetest.Compression) imagetest.Image {
	return imagetest.Image{Layers: []imagetest.Layer{
		{Compression: c, Files: []imagetest.File{
			imagetest.Dir("usr/bin"), imagetest.Symlink("bin", "usr/bin"),
			imagetest.Fill("usr/bin/tool", 70_000), imagetest.Same("etc/conf", "low", 900), imagetest.Same("var/conf", "other", 900),
			imagetest.Same("etc/conf", "twice", 900), imagetest.Text("empty", ""),
		}},
		{Compression: c, Files: []imagetest.File{
			imagetest.Same("etc/conf", "high", 900), imagetest.Symlink("bin", "usr/bin"), imagetest.Fill("bin/late", 300_000), imagetest.HardLink("etc/again", "etc/conf"),
			imagetest.Whiteout("var/conf"),
		}},
	}}
}

// TestContent reads every file version of an image again, from each kind of
// source, and compares it with what was put in.
func TestContent(t *testing.T) {
	want := []struct{ layer, path, seed string }{
		{"0", "usr/bin/tool", "usr/bin/tool"}, {"0", "etc/conf", "low"}, {"0", "etc/conf", "twice"}, {"0", "var/conf", "other"},
		{"0", "empty", ""}, {"1", "etc/conf", "high"}, {"1", "usr/bin/late", "bin/late"}, {"1", "etc/again", "high"},
	}
	for name, reference := range contentSources(t) {
		t.Run(name, func(t *testing.T) {
			h, r := opened(t, reference, analyze.Options{})
			seen := make(map[string]int)
			for i := range r.Tree.Records {
				record := &r.Tree.Records[i]
				if record.Kind != model.File && record.Kind != model.Link {
					continue
				}
				size := r.Tree.Records[r.Tree.Content(model.RecordID(i))].Size.Bytes()
				got := readAll(t, h, r, model.RecordID(i))
				for _, w := range want {
					if fmt.Sprint(record.Layer) == w.layer && r.Tree.Path(record.Node) == w.path && bytes.Equal(got, imagetest.Noise(w.seed, size)) {
						seen[w.layer+w.path+w.seed]++
					}
				}
			}
			for _, w := range want {
				if seen[w.layer+w.path+w.seed] != 1 {
					t.Errorf("layer %s, %s: found %d times with the content %q", w.layer, w.path, seen[w.layer+w.path+w.seed], w.seed)
				}
			}
		})
	}
}

// contentSources writes the image once for each way of reading it.
func contentSources(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	sources := make(map[string]string)
	write := func(name string, archive []byte) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, archive, 0o600); err != nil {
			t.Fatal(err)
		}
		sources[name] = path
	}
	for _, c := range imagetest.Compressions() {
		write("oci "+c.String(), contentImage(c).OCI().Tar())
	}
	plain := contentImage(imagetest.Compressions()[0])
	write("docker of old", plain.Legacy().Tar())
	write("docker 25", plain.Docker25().Tar())
	var stream bytes.Buffer
	zip := gzip.NewWriter(&stream)
	zip.Write(plain.Docker25().Tar())
	zip.Close()
	write("a stream", stream.Bytes())
	return sources
}

func readAll(t *testing.T, h *analyze.Handle, r *model.Report, id model.RecordID) []byte {
	t.Helper()
	content, err := h.Content(t.Context(), r, nil, id)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(content)
	if err := errors.Join(err, content.Close()); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestContents reads all file versions of an image at once, from each kind of source: each
// is what it is by itself, and comes once.
func TestContents(t *testing.T) {
	for name, reference := range contentSources(t) {
		t.Run(name, func(t *testing.T) {
			h, r := opened(t, reference, analyze.Options{})
			var ids []model.RecordID
			for i := range r.Tree.Records {
				if r.Tree.Records[i].Kind == model.File {
					ids = append(ids, model.RecordID(i))
				}
			}
			seen := make(map[model.RecordID]bool)
			err := h.Contents(t.Context(), r, nil, ids, func(id model.RecordID, content io.Reader) error {
				got := make([]byte, r.Tree.Records[id].Size.Bytes()/2) // what is left unread is passed
				if _, err := io.ReadFull(content, got); err != nil {
					return err
				}
				if seen[id] || !bytes.HasPrefix(readAll(t, h, r, id), got) {
					t.Errorf("%s of layer %d: seen before: %v", r.Tree.Path(r.Tree.Records[id].Node), r.Tree.Records[id].Layer, seen[id])
				}
				seen[id] = true
				return nil
			})
			if err != nil || len(seen) != len(ids) {
				t.Errorf("%d of %d files, %v", len(seen), len(ids), err)
			}
			stop := errors.New("enough")
			if err := h.Contents(t.Context(), r, nil, ids, func(model.RecordID, io.Reader) error { return stop }); !errors.Is(err, stop) {
				t.Errorf("an error of do becomes %v", err)
			}
		})
	}
}

// TestContentIsSentOnce looks into one file after the other of an engine's image:
// it is saved once a layer at the most, and once for each where nothing can be kept.
func TestContentIsSentOnce(t *testing.T) {
	for _, c := range imagetest.Compressions()[:2] {
		img := contentImage(c)
		archive := img.Docker25().Tar()
		e := &enginetest.Engine{Image: img, API: "1.41", Archive: func(imagetest.Image) []byte { return archive }}
		host, _ := enginetest.Listen(t, e)
		t.Setenv("DOCKER_HOST", host)
		h, r := opened(t, "docker:app", analyze.Options{})
		dir := filepath.Join(t.TempDir(), "tare")
		size := int64(len(archive))
		files := 0
		read := func(kept *store.Store) {
			t.Helper()
			files = 0
			e.Saves.Store(0)
			for i := range r.Tree.Records {
				record := &r.Tree.Records[i]
				if record.Kind != model.File {
					continue
				}
				files++
				content, err := h.Content(t.Context(), r, kept, model.RecordID(i))
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(content)
				if err := errors.Join(err, content.Close()); err != nil {
					t.Fatal(err)
				}
				if want := readAll(t, h, r, model.RecordID(i)); !bytes.Equal(got, want) {
					t.Errorf("%s: %d bytes are not the file's", r.Tree.Path(record.Node), len(got))
				}
				e.Saves.Add(-1)
			}
		}
		open := func(limit int64) *store.Store {
			t.Helper()
			kept, err := store.Open(dir, limit)
			if err != nil {
				t.Fatal(err)
			}
			return kept
		}
		kept := open(4 * size)
		read(kept)
		// Twice where the archive has the layer that is asked for first in front.
		if n := e.Saves.Load(); n < 1 || n > 2 {
			t.Errorf("%s: %d files took %d saves", c, files, n)
		}
		if whole, removed := kept.Verify(); whole != 2 || removed != 0 {
			t.Errorf("%s: of two layers %d are whole, %d were removed", c, whole, removed)
		}
		// A kept layer that is damaged is not believed.
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b[len(b)/2] ^= 1
			return os.WriteFile(path, b, 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
		read(kept)
		if n := e.Saves.Load(); n < 1 || n > 2 {
			t.Errorf("%s: damaged, %d files took %d saves", c, files, n)
		}
		kept.Prune(0)
		read(open(100))
		if n := e.Saves.Load(); int(n) != files {
			t.Errorf("%s: with nothing kept, %d files took %d saves", c, files, n)
		}
		if whole, _ := kept.Verify(); whole != 0 {
			t.Errorf("%s: a cache that is too small holds %d layers", c, whole)
		}
	}
}

func TestContentErrors(t *testing.T) {
	reference := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(reference, contentImage(imagetest.Gzip).Docker25().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	h, r := opened(t, reference, analyze.Options{})
	tool, dir := visible(t, r, "usr/bin/tool"), visible(t, r, "usr/bin")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	archive := imagetest.Image{Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Text("x", "y")}}}}.Docker25().Tar()
	changed := filepath.Join(t.TempDir(), "other.tar")
	if err := os.WriteFile(changed, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	other, _ := opened(t, changed, analyze.Options{})
	stdin, _ := opened(t, "-", analyze.Options{Options: source.Options{Stdin: bytes.NewReader(archive)}})
	for _, c := range []struct {
		name   string
		handle *analyze.Handle
		ctx    context.Context
		id     model.RecordID
		want   string
	}{
		{"a directory", h, t.Context(), dir, "not a regular file"},
		{"standard input", stdin, t.Context(), tool, "only once"},
		{"another image", other, t.Context(), tool, "another one now"},
		{"cancelled", h, cancelled, tool, "canceled"},
		{"no such record", h, t.Context(), model.NoRecord, "does not hold its files"},
	} {
		_, err := c.handle.Content(c.ctx, r, nil, c.id)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", c.name, err, c.want)
		}
	}
	file, err := os.OpenFile(reference, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte("x"), 600); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Content(t.Context(), r, nil, tool); err == nil || !strings.Contains(err.Error(), "another one now") {
		t.Errorf("somebody wrote into the archive, and its content is shown: %v", err)
	}
}

// TestContentReadsNoFurther: the start of a file is there before its end is.
func TestContentReadsNoFurther(t *testing.T) {
	big := imagetest.Image{Layers: []imagetest.Layer{{Compression: imagetest.Compressions()[1], Files: []imagetest.File{imagetest.Fill("big", 8<<20)}}}}
	path := filepath.Join(t.TempDir(), "big.tar")
	if err := os.WriteFile(path, big.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	h, r := opened(t, path, analyze.Options{})
	id := visible(t, r, "big")
	ctx, cancel := context.WithCancel(t.Context())
	content, err := h.Content(ctx, r, nil, id)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	head := make([]byte, 1000)
	if _, err := io.ReadFull(content, head); err != nil || !bytes.Equal(head, imagetest.Noise("big", 8<<20)[:1000]) {
		t.Fatal("the head is wrong", err)
	}
	cancel()
	if _, err := content.Read(head); !errors.Is(err, context.Canceled) {
		t.Errorf("reading went on after it was cancelled: %v", err)
	}
}

// TestContentsOfEqualLayers reads the files of two equal layers, which a stream sends once
// where it is named by its digest: each file of both comes, with its content.
func TestContentsOfEqualLayers(t *testing.T) {
	twice := imagetest.Layer{Files: []imagetest.File{imagetest.Fill("app/a", 70_000), imagetest.Fill("app/b", 900)}}
	image := imagetest.Image{Layers: []imagetest.Layer{twice, {Files: []imagetest.File{imagetest.Whiteout("app/a"), imagetest.Fill("app/c", 10)}}, twice}}
	for name, archive := range map[string][]byte{"by digest": image.Docker25().Tar(), "by layer": image.Legacy().Tar(), "podman": image.Podman().Tar()} {
		t.Run(name, func(t *testing.T) {
			var stream bytes.Buffer
			zip := gzip.NewWriter(&stream)
			zip.Write(archive)
			zip.Close()
			path := filepath.Join(t.TempDir(), "image.tar.gz")
			if err := os.WriteFile(path, stream.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			h, r := opened(t, path, analyze.Options{})
			var ids []model.RecordID
			for i := range r.Tree.Records {
				if r.Tree.Records[i].Kind == model.File {
					ids = append(ids, model.RecordID(i))
				}
			}
			seen := make(map[string]int)
			err := h.Contents(t.Context(), r, nil, ids, func(id model.RecordID, content io.Reader) error {
				got, err := io.ReadAll(content)
				record := &r.Tree.Records[id]
				if path := r.Tree.Path(record.Node); bytes.Equal(got, imagetest.Noise(path, record.Size.Bytes())) {
					seen[fmt.Sprintf("%d %s", record.Layer, path)]++
				}
				return err
			})
			want := map[string]int{"0 app/a": 1, "0 app/b": 1, "1 app/c": 1, "2 app/a": 1, "2 app/b": 1}
			if err != nil || !maps.Equal(seen, want) {
				t.Errorf("came %v, %v", seen, err)
			}
		})
	}
}
