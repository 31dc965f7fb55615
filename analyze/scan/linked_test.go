package scan

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/model"
)

// asked are options that capture what is called "asked", and know it by its first
// words; "vital" is worth a second reading.
func asked() Options {
	base := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	return Options{
		Capture:   func(path string, _ int64) bool { return base(path) == "asked" || base(path) == "vital" },
		Again:     func(path string, _ int64) bool { return base(path) == "vital" },
		Resembles: func(_ string, head []byte, _ int64) bool { return bytes.HasPrefix(head, []byte("it looks like it")) },
	}
}

// TestLinkedContents: what a hard link asks for is there, and the layer is opened
// a second time only where that is worth it.
func TestLinkedContents(t *testing.T) {
	const alike, other = "it looks like it, and goes on", "it looks otherwise"
	for name, test := range map[string]struct {
		files []imagetest.File
		want  map[string]string // captured contents, by the path of their entry
		opens int
	}{
		"nothing is asked for": {[]imagetest.File{imagetest.Text("a", alike), imagetest.HardLink("b", "a")}, nil, 1},
		"by its own name":      {[]imagetest.File{imagetest.Text("d/asked", other), imagetest.HardLink("b", "d/asked")}, map[string]string{"d/asked": other}, 1},
		"it looks like it":     {[]imagetest.File{imagetest.Text("a", alike), imagetest.Text("c", alike), imagetest.HardLink("d/asked", "a")}, map[string]string{"a": alike}, 1},
		"the link is first":    {[]imagetest.File{imagetest.HardLink("d/vital", "a"), imagetest.Text("a", alike)}, map[string]string{"a": alike}, 1},
		"not worth it":         {[]imagetest.File{imagetest.Text("a", other), imagetest.HardLink("d/asked", "a")}, nil, 1},
		"worth it":             {[]imagetest.File{imagetest.Text("a", other), imagetest.HardLink("d/vital", "a")}, map[string]string{"a": other}, 2},
		"a link to a link":     {[]imagetest.File{imagetest.Text("a", other), imagetest.HardLink("b", "a"), imagetest.HardLink("c/b", "b"), imagetest.HardLink("d/vital", "c/b")}, map[string]string{"a": other}, 2},
		"links in a ring":      {[]imagetest.File{imagetest.HardLink("vital", "b"), imagetest.HardLink("b", "vital")}, nil, 1},
		"another of its name":  {[]imagetest.File{imagetest.Text("x/a", other), imagetest.Text("a", other), imagetest.HardLink("d/vital", "a")}, map[string]string{"a": other}, 2},
		"nothing there":        {[]imagetest.File{imagetest.HardLink("d/vital", "a")}, nil, 1},
		"no content":           {[]imagetest.File{imagetest.Text("a", ""), imagetest.HardLink("d/vital", "a")}, map[string]string{"a": ""}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			for _, how := range []imagetest.Compression{imagetest.None, imagetest.Gzip, imagetest.Zstd} {
				blob, opens, told := imagetest.Layer{Files: test.files, Compression: how}.Stored(), 0, int64(0)
				opt := asked()
				opt.Progress = func(n int64) { told += n }
				x, err := Layer(t.Context(), image.Layer{Size: int64(len(blob)), Open: func(context.Context) (io.ReadCloser, error) {
					opens++
					return io.NopCloser(bytes.NewReader(blob)), nil
				}}, opt)
				if err != nil {
					t.Fatal(err)
				}
				if opens != test.opens || told != int64(len(blob)) {
					t.Errorf("%s: opened %d times, and told of %d bytes of %d", how, opens, told, len(blob))
				}
				found := 0
				for i := range x.Entries {
					e := &x.Entries[i]
					if e.Kind != model.File || e.Link == 0 {
						continue
					}
					found++
					if want, ok := test.want[x.Path(e)]; !ok || want != string(x.Captured[e.Link-1]) {
						t.Errorf("%s: %s has the content %q", how, x.Path(e), x.Captured[e.Link-1])
					}
				}
				if found != len(test.want) || found != len(x.Captured) {
					t.Errorf("%s: %d contents are kept, %d of them with an entry; want %d", how, len(x.Captured), found, len(test.want))
				}
			}
		})
	}
}

// TestKeeperInPieces: in which pieces a content comes does not matter.
func TestKeeperInPieces(t *testing.T) {
	opt := asked()
	for _, content := range []string{"it looks like it" + strings.Repeat(" and goes on", 50), "it looks like it", "it looks", "it"} {
		for pieces := range slices.Chunk([]int{1, 2, 15, 16, 63, 64, 65, 1000}, 1) {
			b := newBuilder()
			if _, err := b.add(&header{Name: []byte("a"), Type: typeRegular, Size: int64(len(content)), Stored: int64(len(content))}); err != nil {
				t.Fatal(err)
			}
			k := newKeeper(&opt)
			k.begin(b.x, &b.x.Entries[0], true)
			for piece := range slices.Chunk([]byte(content), pieces[0]) {
				k.write(piece)
			}
			k.end(b.x)
			want := strings.HasPrefix(content, "it looks like it")
			if got := len(k.spare) == 1 && string(k.spare[0].bytes) == content; got != want {
				t.Errorf("%.20q in pieces of %d: kept %t", content, pieces[0], got)
			}
		}
	}
}

// TestSpareIsBounded: contents that nobody asks for take so much memory and no
// more.
func TestSpareIsBounded(t *testing.T) {
	opt := asked()
	b, k := newBuilder(), newKeeper(&opt)
	content := append([]byte("it looks like it"), make([]byte, 20<<20)...)
	for i := range 10 {
		if _, err := b.add(&header{Name: fmt.Append(nil, "f", i), Type: typeRegular, Size: int64(len(content)), Stored: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		k.begin(b.x, &b.x.Entries[i], true)
		k.write(content)
		k.end(b.x)
	}
	kept := 0
	for _, s := range k.spare {
		kept += len(s.bytes)
	}
	if kept > maxSpare || kept < maxSpare/2 {
		t.Errorf("%d bytes are kept", kept)
	}
	k.finish(b.x)
	if len(k.spare) != 0 || len(b.x.Captured) != 0 {
		t.Error("they outlive the layer")
	}
}

// TestLinksAreNotComparedEachWithEach counts the questions about names in a layer
// of n links to one path that is there n times.
func TestLinksAreNotComparedEachWithEach(t *testing.T) {
	count := func(n int) (asked int) {
		b := newBuilder()
		for i := range n {
			for _, h := range []header{{Name: []byte("a"), Type: typeRegular, Size: 1, Stored: 1}, {Name: fmt.Append(nil, "d/", i), Link: []byte("a"), Type: typeLink}} {
				if _, err := b.add(&h); err != nil {
					t.Fatal(err)
				}
			}
		}
		files := b.x.linked(func(path string, _ int64) bool { asked++; return strings.HasPrefix(path, "d/") })
		if len(files) != n {
			t.Fatalf("%d files of %d", len(files), n)
		}
		return asked
	}
	if one, four := count(500), count(2000); four > 5*one {
		t.Errorf("%d questions for 500 links, %d for 2,000", one, four)
	}
}
