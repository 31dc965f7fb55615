package analyze_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// byTable reports whether a report is of tables of contents alone, for some layers.
func byTable(r *model.Report) bool {
	return strings.Contains(strings.Join(r.Notes, "\n"), "were read by their table of contents")
}

// exact is what must be the same whether a layer is read whole or by its table:
// all but what the tar holds beside contents.
func exact(r *model.Report) any {
	type version struct {
		Path, Verdict, Cause string
		Layer                int
		Size, Compressed     int64
		Attributes           model.Attributes
		Finding              int32
	}
	all := []any{ledgerOf(r), r.Image.Size, r.Image.Files, r.Summary.Efficiency, r.Summary.Own.WastedBytes, r.Summary.WastedCompressedBytes, r.Packages, r.Findings}
	for i := range r.Tree.Records {
		v := &r.Tree.Records[i]
		all = append(all, version{r.Tree.Path(v.Node), fmt.Sprint(v.Verdict), fmt.Sprint(v.Cause), int(v.Layer), v.Size.Bytes(), v.Compressed.Bytes(), r.Tree.Attributes(v), int32(v.Finding())})
	}
	for _, l := range r.Layers {
		all = append(all, l.Files, l.Size, l.WastedBytes, l.Added, l.Modified, l.Deleted, l.CompressedSize, l.CompressedOverheadBytes)
	}
	return all
}

// TestTablesOfContents holds, on random images in a registry, that reading by
// tables of contents gives the sizes, verdicts and findings of reading whole.
func TestTablesOfContents(t *testing.T) {
	t.Parallel()
	m := newMeter(t)
	images := uint64(imagetest.Rounds(20, 20, 120))
	used := 0
	for seed := range images {
		r := rand.New(rand.NewPCG(seed, 7))
		img := randomImage(r)
		for i := range img.Layers {
			img.Layers[i].Compression = []imagetest.Compression{imagetest.EStargz, imagetest.ZstdChunked, imagetest.EStargz, imagetest.Gzip}[r.IntN(4)]
		}
		reference := m.push(t, img)
		want, err := analyze.Image(t.Context(), reference, analyze.Options{IgnoreTOC: true})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got, err := analyze.Image(t.Context(), reference, analyze.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if byTable(want) {
			t.Fatalf("seed %d: whole layers by their tables", seed)
		}
		if byTable(got) {
			used++
			if got.Image.OverheadBytes != nil {
				t.Errorf("seed %d: %d bytes beside files, which nobody has read", seed, *got.Image.OverheadBytes)
			}
		}
		checkInvariants(t, got)
		if diff := cmp.Diff(exact(want), exact(got)); diff != "" {
			t.Fatalf("seed %d (-whole +by tables):\n%s", seed, diff)
		}
	}
	if used < int(images)/2 {
		t.Errorf("only %d of %d images were read by tables", used, images)
	}
}

// lazy is an image whose layers have tables: a package database, large files,
// the same content twice, a file that is replaced by its like.
func lazy(how imagetest.Compression) imagetest.Image {
	status := "Package: app\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n\n"
	return imagetest.Image{Layers: []imagetest.Layer{
		{Compression: how, CreatedBy: "RUN /bin/sh -c base # buildkit", Files: []imagetest.File{
			imagetest.Text("var/lib/dpkg/status", status), imagetest.Text("var/lib/dpkg/info/app.list", "/.\n/usr\n/usr/bin\n/usr/bin/app\n"),
			imagetest.Fill("usr/bin/app", 900_000), imagetest.Same("usr/a", "twin", 300_000), imagetest.Same("usr/b", "twin", 300_000),
			imagetest.Fill("var/lib/apt/lists/x", 200_000),
		}},
		{Compression: how, CreatedBy: "RUN /bin/sh -c chmod # buildkit", Files: []imagetest.File{
			imagetest.Fill("usr/bin/app", 900_000).Chmod(0o755), imagetest.Whiteout("var/lib/apt/lists/x"),
		}},
	}}
}

func TestTablesSaveTheirBytes(t *testing.T) {
	t.Parallel()
	for _, how := range []imagetest.Compression{imagetest.EStargz, imagetest.ZstdChunked} {
		t.Run(how.String(), func(t *testing.T) {
			m := newMeter(t)
			reference := m.push(t, lazy(how))
			want, err := analyze.Image(t.Context(), reference, analyze.Options{IgnoreTOC: true})
			if err != nil {
				t.Fatal(err)
			}
			m.sent.Store(0)
			kept := newCache(t)
			opt := analyze.Options{Store: kept}
			result, err := analyze.Analyze(t.Context(), reference, opt)
			if err != nil {
				t.Fatal(err)
			}
			got := result.Report
			if diff := cmp.Diff(exact(want), exact(got)); diff != "" || !byTable(got) {
				t.Errorf("(-whole +by tables):\n%s", diff)
			}
			if len(got.Packages) != 1 || got.Summary.DuplicateBytes != 300_000 || got.Summary.ShadowedBytes != 1_100_000 {
				t.Errorf("%d packages, %d duplicate, %d shadowed", len(got.Packages), got.Summary.DuplicateBytes, got.Summary.ShadowedBytes)
			}
			// The config is a blob, too.
			if n := m.sent.Load(); n > *got.Image.CompressedSize*3/100 || n == 0 {
				t.Errorf("%d of %d bytes were sent", n, *got.Image.CompressedSize)
			}
			if told := result.Transfer; told == nil || told.Sent < m.sent.Load() || told.All != *got.Image.CompressedSize {
				t.Errorf("%+v is told, %d were sent", told, m.sent.Load())
			}

			m.sent.Store(0)
			again, err := analyze.Image(t.Context(), reference, opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(asJSON(t, got), asJSON(t, again)); diff != "" {
				t.Errorf("from the cache:\n%s", diff)
			}
			if n, config := m.sent.Load(), int64(len(lazy(how).RawConfig())); n != config {
				t.Errorf("%d bytes were sent for a second look, the config has %d", n, config)
			}
			// What was read by tables is no answer for whoever asks for all of it.
			whole, err := analyze.Image(t.Context(), reference, analyze.Options{Store: kept, IgnoreTOC: true})
			if err != nil || byTable(whole) || whole.Image.OverheadBytes == nil {
				t.Errorf("whole from the cache: %v, %v", err, whole.Notes)
			}
		})
	}
}

// TestContentByTable: of a layer with a table, a file's own bytes are sent to show
// it, and they are the ones promised.
func TestContentByTable(t *testing.T) {
	t.Parallel()
	for _, how := range []imagetest.Compression{imagetest.EStargz, imagetest.ZstdChunked} {
		t.Run(how.String(), func(t *testing.T) {
			m := newMeter(t)
			img := imagetest.Image{Layers: []imagetest.Layer{{Compression: how, Files: []imagetest.File{
				imagetest.Fill("before", 1_000_000), imagetest.Fill("a/f", 30_000), imagetest.Same("b/f", "other", 30_000),
				imagetest.Fill("large", 5_000_000), imagetest.Text("none", ""), imagetest.HardLink("link", "b/f"),
			}}}}
			reference := m.push(t, img)
			h, r := opened(t, reference, analyze.Options{})
			if !byTable(r) {
				t.Fatal(r.Notes)
			}
			whole, _ := opened(t, reference, analyze.Options{IgnoreTOC: true})
			for _, f := range []struct {
				path, seed string
				size, most int64
			}{
				{"b/f", "other", 30_000, 40_000}, {"a/f", "a/f", 30_000, 40_000}, {"link", "other", 30_000, 40_000},
				{"none", "", 0, 10_000}, {"large", "large", 5_000_000, 5_100_000},
			} {
				m.sent.Store(0)
				content, err := h.Content(t.Context(), r, nil, visible(t, r, f.path))
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(content)
				if err != nil || !bytes.Equal(got, imagetest.Noise(f.seed, f.size)) {
					t.Errorf("%s has %d bytes: %v", f.path, len(got), err)
				}
				if err := content.Close(); err != nil {
					t.Error(err)
				}
				if n := m.sent.Load(); n > f.most {
					t.Errorf("%d bytes were sent for %s of %d", n, f.path, f.size)
				}
			}
			// Who wants all read has all read.
			large := visible(t, r, "large")
			m.sent.Store(0)
			content, err := whole.Content(t.Context(), r, nil, large)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, content); err != nil || m.sent.Load() < 6_000_000 {
				t.Errorf("%d bytes were sent: %v", m.sent.Load(), err)
			}
			content.Close()
			// Bytes that changed on the way are never taken for the file's.
			spoil := func(p []byte) {
				if len(p) > 20_000 {
					p[len(p)/2] ^= 0x55
				}
			}
			m.lie.Store(&spoil)
			content, err = h.Content(t.Context(), r, nil, large)
			if err != nil {
				t.Fatal(err)
			}
			defer content.Close()
			if got, err := io.ReadAll(content); err == nil {
				t.Errorf("%d spoilt bytes are shown", len(got))
			}
		})
	}
}

// TestTablesThatLie: where a table, a file or the registry is not what it should
// be, the layer is read whole.
func TestTablesThatLie(t *testing.T) {
	t.Parallel()
	flip := func(at func(p []byte) int) *func([]byte) {
		f := func(p []byte) { p[at(p)] ^= 0x55 }
		return &f
	}
	for _, how := range []imagetest.Compression{imagetest.EStargz, imagetest.ZstdChunked} {
		tests := map[string]func(m *meter, img *imagetest.Image){
			"no ranges":      func(m *meter, _ *imagetest.Image) { m.whole.Store(true) },
			"first byte":     func(m *meter, _ *imagetest.Image) { m.lie.Store(flip(func([]byte) int { return 0 })) },
			"last byte":      func(m *meter, _ *imagetest.Image) { m.lie.Store(flip(func(p []byte) int { return len(p) - 1 })) },
			"in the middle":  func(m *meter, _ *imagetest.Image) { m.lie.Store(flip(func(p []byte) int { return len(p) / 2 })) },
			"another digest": func(_ *meter, img *imagetest.Image) { annotate(img, imagetest.Digest(nil).String()) },
			"no digest":      func(_ *meter, img *imagetest.Image) { annotate(img, "sha256:../../x") },
		}
		for name, spoil := range tests {
			t.Run(how.String()+"/"+name, func(t *testing.T) {
				m := newMeter(t)
				img := lazy(how)
				spoil(m, &img)
				reference := m.push(t, img)
				got, err := analyze.Image(t.Context(), reference, analyze.Options{})
				if err != nil {
					t.Fatal(err)
				}
				// The last byte of a part may be one that nothing depends on.
				if byTable(got) && name != "last byte" {
					t.Errorf("it is believed: %v", got.Notes)
				}
				want, err := analyze.Image(t.Context(), reference, analyze.Options{IgnoreTOC: true})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(exact(want), exact(got)); diff != "" {
					t.Errorf("(-whole +after a lie):\n%s", diff)
				}
			})
		}
	}
}

func annotate(img *imagetest.Image, digest string) {
	for i := range img.Layers {
		img.Layers[i].Annotations = map[string]string{
			"containerd.io/snapshot/stargz/toc.digest":            digest,
			"io.github.containers.zstd-chunked.manifest-checksum": digest,
		}
	}
}

// TestTableBesideAKnownLayer: a layer that is known is not pulled, whatever the
// others are read by.
func TestTableBesideAKnownLayer(t *testing.T) {
	m := newMeter(t)
	img := lazy(imagetest.EStargz)
	base := imagetest.Image{Layers: img.Layers[:1]}
	kept := newCache(t)
	if _, err := analyze.Image(t.Context(), m.push(t, base), analyze.Options{Store: kept, IgnoreTOC: true}); err != nil {
		t.Fatal(err)
	}
	reference := m.push(t, img)
	m.sent.Store(0)
	got, err := analyze.Image(t.Context(), reference, analyze.Options{Store: kept})
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(len(img.Layers[1].Stored()) + len(img.RawConfig())); m.sent.Load() != want {
		t.Errorf("%d bytes were sent, the new layer and the config have %d", m.sent.Load(), want)
	}
	if got.Summary.DuplicateBytes != 300_000 {
		t.Errorf("%d bytes are duplicates", got.Summary.DuplicateBytes)
	}
}
