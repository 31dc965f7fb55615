package fleet_test

import (
	"fmt"
	"testing"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestInstallingIsCharged: an image that keeps a package installs it again, which writes the database, logs and caches of the
// package manager into a layer of its own. Where that eats most of the saving, no other base is named.
func TestInstallingIsCharged(t *testing.T) {
	t.Parallel()
	bare := map[string]int64{"libc6": 400_000, "bash": 2_000_000}
	wget := map[string]int64{"libc6": 400_000, "bash": 2_000_000, "wget": 150_000}
	curl := map[string]int64{"libc6": 400_000, "bash": 3_000_000, "curl": 150_000}
	for _, row := range []struct {
		name             string
		books            int64 // of debconf's cache in the bases
		slim, other      map[string]int64
		onSlim, onOther  int // images
		moves            bool
		least, most      int64 // kept, where an image moves
		leastFile, files int64
	}{
		{"nothing to install", 1_500_000, bare, bare, 4, 1, true, 0, 2000, 0, 2000},
		{"a package to install", 300_000, bare, curl, 4, 1, true, 440_000, 460_000, 290_000, 310_000},
		{"a package, and large books", 1_500_000, wget, curl, 2, 2, false, 0, 0, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			with := func(stamp string, packages map[string]int64) imagetest.Layer {
				l := debian(stamp, "2.36-9", packages, nil)
				l.Files = append(l.Files, imagetest.Same("var/cache/debconf/templates.dat", stamp, row.books))
				return l
			}
			slim, other := with("slim", row.slim), with("other", row.other)
			h := newHub(t)
			names := []string{h.push(t, "base/slim:1", imagetest.Image{Layers: []imagetest.Layer{slim}}), h.push(t, "base/other:1", imagetest.Image{Layers: []imagetest.Layer{other}})}
			for i := range row.onSlim + row.onOther {
				below := slim
				if i >= row.onSlim {
					below = other
				}
				names = append(names, h.push(t, fmt.Sprint("shop/", i, ":1"), app(fmt.Sprint("app", i), 100, below)))
			}
			_, got := run(t, options(t), refs(names...))
			if !row.moves {
				if len(got.Parents) > 0 {
					t.Errorf("%+v", got.Parents)
				}
				return
			}
			if len(got.Parents) != 1 {
				t.Fatalf("parents: %+v", got.Parents)
			}
			p := got.Parents[0]
			m := p.Moves[0]
			if m.KeptBytes < row.least || m.KeptBytes > row.most || m.FileBytes < row.leastFile || m.FileBytes > row.files {
				t.Errorf("%+v", m)
			}
			if p.SavedBytes != p.DroppedBytes-p.AddedBytes-p.KeptBytes {
				t.Errorf("%+v does not add up", p)
			}
		})
	}
}

// TestAnImageHasAChangeOnce: where an image has a change of one title for several of its findings, it counts once, with all
// that they save.
func TestAnImageHasAChangeOnce(t *testing.T) {
	h := newHub(t)
	one := base("one", 50_000)
	part, before := run(t, options(t), refs(h.push(t, "shop/a:1", app("a", 5000, one)), h.push(t, "shop/b:1", app("b", 9000, one))))
	if len(before.Changes) != 1 || len(before.Changes[0].Images) != 2 {
		t.Fatalf("%+v", before.Changes)
	}
	for _, img := range part.Images {
		again := img.Changes[0]
		again.ID, again.Bytes = "another", 11_000
		img.Changes = append(img.Changes, again)
	}
	c := fleet.Finish("1.0", part).Changes[0]
	if len(c.Images) != 2 || c.Images[0].Image != 1 || c.Images[0].Bytes != 20_000 || c.Images[1].Bytes != 16_000 || c.Images[0].ID == "another" {
		t.Errorf("%+v", c.Images)
	}
	if c.Bytes != before.Changes[0].Bytes {
		t.Errorf("%d bytes", c.Bytes)
	}
}
