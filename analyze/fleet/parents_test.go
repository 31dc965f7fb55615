package fleet_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// debian is a base of dpkg packages, name and size of their only file, and of files that no
// package owns; stamp makes another layer of the same content.
func debian(stamp, libc string, packages map[string]int64, loose map[string]int64) imagetest.Layer {
	var status strings.Builder
	files := []imagetest.File{imagetest.Text("etc/stamp", stamp)}
	names := []string{}
	for name := range packages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		version := "1.0-1"
		if name == "libc6" {
			version = libc
		}
		fmt.Fprintf(&status, "Package: %s\nStatus: install ok installed\nEssential: yes\nArchitecture: amd64\nVersion: %s\n\n", name, version)
		files = append(files, imagetest.Text("var/lib/dpkg/info/"+name+".list", "/.\n/usr\n/usr/lib/"+name+"\n"), imagetest.Same("usr/lib/"+name, name, packages[name]))
	}
	for name, size := range loose {
		files = append(files, imagetest.Same("usr/local/"+name, name, size))
	}
	files = append(files, imagetest.Text("var/lib/dpkg/status", status.String()))
	return imagetest.Layer{CreatedBy: "# debian.sh " + stamp, Files: files}
}

// TestBestParent: four images stand on two builds of one base and on one that has a package
// more; the parent saves the layers of the others, less the package.
func TestBestParent(t *testing.T) {
	t.Parallel()
	common := map[string]int64{"libc6": 400_000, "bash": 200_000}
	more := map[string]int64{"libc6": 400_000, "bash": 200_000, "curl": 150_000}
	slim, again := debian("slim", "2.36-9", common, nil), debian("again", "2.36-10", common, nil)
	curl, other := debian("curl", "2.36-9", more, map[string]int64{"tool": 50_000}), debian("other", "2.41-1", common, nil)
	h := newHub(t)
	var names []string
	push := func(tag string, img imagetest.Image) { names = append(names, h.push(t, tag, img)) }
	push("base/slim:1", imagetest.Image{Layers: []imagetest.Layer{slim}})
	push("base/again:1", imagetest.Image{Layers: []imagetest.Layer{again}})
	push("base/curl:1", imagetest.Image{Layers: []imagetest.Layer{curl}})
	push("base/other:1", imagetest.Image{Layers: []imagetest.Layer{other}})
	for i, below := range []imagetest.Layer{slim, slim, again, curl, other} {
		push(fmt.Sprint("shop/", i, ":1"), app(fmt.Sprint("app", i), 100, below))
	}
	_, got := run(t, options(t), refs(names...))
	if len(got.Parents) != 1 {
		t.Fatalf("%d parents: %+v", len(got.Parents), got.Parents)
	}
	p := got.Parents[0]
	sizeOf := func(l imagetest.Layer) int64 { return int64(len(l.Stored())) }
	if !strings.HasSuffix(got.Bases[p.Base].Title, "base/slim:1") && !strings.HasSuffix(got.Bases[p.Base].Title, "base/curl:1") {
		t.Fatalf("the parent is %s", got.Bases[p.Base].Title)
	}
	dropped := sizeOf(again)
	title := got.Bases[p.Base].Title
	if strings.HasSuffix(title, "slim:1") {
		dropped += sizeOf(curl)
	} else {
		dropped += sizeOf(slim) // and the package stays where it is
	}
	if p.DroppedBytes != dropped || p.AddedBytes != 0 || p.SavedBytes != dropped-p.KeptBytes || !p.Compressed {
		t.Errorf("%s: %+v, want %d dropped", title, p, dropped)
	}
	// On curl nothing is kept but small files of dpkg; on slim the package and the tool.
	if strings.HasSuffix(title, "curl:1") && p.KeptBytes > 2000 {
		t.Errorf("%d bytes are kept: %+v", p.KeptBytes, p.Moves)
	}
	for _, m := range p.Moves {
		if strings.HasSuffix(got.Bases[m.From].Title, "other:1") {
			t.Error("an image moves to another C library")
		}
	}
}

// TestKept: what the parent lacks is charged to each image that moves, so that the larger base
// is the better one where most images stand on it.
func TestKept(t *testing.T) {
	t.Parallel()
	slim := debian("slim", "2.36-9", map[string]int64{"libc6": 400_000, "bash": 2_000_000}, nil)
	curl := debian("curl", "2.36-9", map[string]int64{"libc6": 400_000, "bash": 2_000_000, "curl": 150_000}, map[string]int64{"tool": 50_000})
	for _, row := range []struct {
		slim, curl int // images
		want       string
		moved      int
	}{{3, 1, "base/slim:1", 1}, {1, 3, "base/curl:1", 1}} {
		h := newHub(t)
		names := []string{h.push(t, "base/slim:1", imagetest.Image{Layers: []imagetest.Layer{slim}}), h.push(t, "base/curl:1", imagetest.Image{Layers: []imagetest.Layer{curl}})}
		for i := range row.slim + row.curl {
			below := slim
			if i >= row.slim {
				below = curl
			}
			names = append(names, h.push(t, fmt.Sprint("shop/", i, ":1"), app(fmt.Sprint("app", i), 100, below)))
		}
		part, got := run(t, options(t), refs(names...))
		for _, c := range part.Bases {
			if c.Runtime != "dpkg 2.36" {
				t.Errorf("the runtime is %q", c.Runtime)
			}
		}
		if len(part.Bases) != 2 || len(got.Parents) != 1 {
			t.Fatalf("%d bases, parents %+v", len(part.Bases), got.Parents)
		}
		p := got.Parents[0]
		if !strings.HasSuffix(got.Bases[p.Base].Title, row.want) || len(p.Images) != row.moved {
			t.Fatalf("%d images move to %s, want %d to %s", len(p.Images), got.Bases[p.Base].Title, row.moved, row.want)
		}
		move := p.Moves[0]
		if row.want == "base/slim:1" {
			if move.KeptBytes < 195_000 || move.KeptBytes > 200_000 || !slices.Equal(move.Packages, []string{"curl"}) || move.FileBytes < 48_000 {
				t.Errorf("kept: %+v", move)
			}
		} else if move.KeptBytes > 500 || move.PackageCount != 0 {
			t.Errorf("kept: %+v", move)
		}
		if p.SavedBytes != p.DroppedBytes-p.AddedBytes-p.KeptBytes {
			t.Errorf("%+v does not add up", p)
		}
	}
}

// TestSavingIsTheDifference: what a parent saves is what the fleet is less to pull once its images are
// built on it, and the old bases that it names are left out. A base that a workload runs, or on
// which another image stands, stays.
func TestSavingIsTheDifference(t *testing.T) {
	t.Parallel()
	common := map[string]int64{"libc6": 400_000, "bash": 200_000}
	layers := map[string]imagetest.Layer{}
	for _, name := range []string{"one", "two", "three"} {
		layers[name] = debian(name, "2.36-9", common, nil)
	}
	middle := imagetest.Layer{CreatedBy: "RUN make middle", Files: []imagetest.File{imagetest.Same("usr/bin/middle", "middle", 70_000)}}
	for name, row := range map[string]struct {
		bases []string // that are images of the fleet
		runs  []string // of these, that a workload runs
		nest  bool     // another image of the fleet stands on two, and has an image on it
		gone  int      // at most
	}{
		"no base in the fleet": {}, "all bases": {bases: []string{"one", "two", "three"}, gone: 2},
		"all run": {bases: []string{"one", "two", "three"}, runs: []string{"two", "three", "one"}}, "nested": {bases: []string{"one", "two", "three"}, nest: true, gone: 3},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t)
			var all []fleet.Ref
			add := func(tag string, img imagetest.Image, runs bool) {
				all = append(all, fleet.Ref{Name: h.push(t, tag, img), Runs: runs})
			}
			for _, b := range row.bases {
				add("base/"+b+":1", imagetest.Image{Layers: []imagetest.Layer{layers[b]}}, slices.Contains(row.runs, b))
			}
			if row.nest {
				add("base/nested:1", imagetest.Image{Layers: []imagetest.Layer{layers["two"], middle}}, false)
				add("shop/nested:1", app("nested", 100, layers["two"], middle), false)
			}
			on := []string{"one", "one", "two", "three"}
			for i, b := range on {
				add(fmt.Sprint("shop/", i, ":1"), app(fmt.Sprint("app", i), 100, layers[b]), false)
			}
			_, before := run(t, options(t), all)
			if len(row.runs) > 0 {
				if len(before.Parents) > 0 {
					t.Errorf("all bases are run, and yet it would save something: %+v", before.Parents)
				}
				return
			}
			if len(before.Parents) == 0 {
				t.Fatal("there is no parent")
			}
			p := before.Parents[0]
			to := ""
			for name, l := range layers {
				if *before.Layers[before.Bases[p.Base].Layers[0]].DiffID == l.DiffID().String() {
					to = name
				}
			}
			if to == "" || len(p.Gone) > row.gone {
				t.Fatalf("%q, %+v", to, p)
			}
			moves := make(map[string]bool)
			for _, i := range p.Images {
				moves[before.Images[i].References[0]] = true
			}
			gone := make(map[string]bool)
			for _, i := range p.Gone {
				gone[before.Images[i].References[0]] = true
			}
			kept := all
			all = nil
			for _, ref := range kept {
				if name := fleet.Shown(ref.Name); !moves[name] && !gone[name] {
					all = append(all, ref)
				}
			}
			for i := range on {
				if moves[h.host+fmt.Sprint("/shop/", i, ":1")] {
					add(fmt.Sprint("shop/", i, ":moved"), app(fmt.Sprint("app", i), 100, layers[to]), false)
				}
			}
			if moves[h.host+"/shop/nested:1"] {
				add("shop/nested:moved", app("nested", 100, layers[to]), false)
			}
			_, after := run(t, options(t), all)
			if got := *before.Totals.PullBytes - *after.Totals.PullBytes; got != p.DroppedBytes-p.AddedBytes || p.SavedBytes != got-p.KeptBytes {
				t.Errorf("it saves %d, and says %+v", got, p)
			}
		})
	}
}
