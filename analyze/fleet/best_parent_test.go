package fleet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestLeftoversAreNotKept: package lists that a base was built with are not charged to the images that leave it.
func TestLeftoversAreNotKept(t *testing.T) {
	t.Parallel()
	common := map[string]int64{"libc6": 400_000, "bash": 2_000_000}
	tidy, lists := debian("tidy", "2.36-9", common, nil), debian("lists", "2.36-9", common, nil)
	lists.Files = append(lists.Files, imagetest.Same("var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages", "lists", 900_000))
	h := newHub(t)
	var names []string
	for i, below := range []imagetest.Layer{tidy, tidy, lists, lists} {
		names = append(names, h.push(t, fmt.Sprint("shop/", i, ":1"), app(fmt.Sprint("app", i), 100, below)))
	}
	names = append(names, h.push(t, "base/tidy:1", imagetest.Image{Layers: []imagetest.Layer{tidy}}), h.push(t, "base/lists:1", imagetest.Image{Layers: []imagetest.Layer{lists}}))
	_, got := run(t, options(t), refs(names...))
	if len(got.Parents) != 1 {
		t.Fatalf("%+v", got.Parents)
	}
	if p := got.Parents[0]; !strings.HasSuffix(got.Bases[p.Base].Title, "base/tidy:1") || p.KeptBytes > 2000 {
		t.Errorf("%s: %+v", got.Bases[p.Base].Title, p)
	}
}

// TestFewestMoves: of two bases that save nearly as much, the one is named to which fewer images have to move.
func TestFewestMoves(t *testing.T) {
	t.Parallel()
	large := debian("large", "2.36-9", map[string]int64{"libc6": 400_000, "bash": 2_010_000}, nil)
	small := debian("small", "2.36-9", map[string]int64{"libc6": 400_000, "bash": 2_000_000}, nil)
	h := newHub(t)
	var names []string
	for i, below := range []imagetest.Layer{large, large, large, large, small} {
		names = append(names, h.push(t, fmt.Sprint("shop/", i, ":1"), app(fmt.Sprint("app", i), 100, below)))
	}
	names = append(names, h.push(t, "base/large:1", imagetest.Image{Layers: []imagetest.Layer{large}}), h.push(t, "base/small:1", imagetest.Image{Layers: []imagetest.Layer{small}}))
	_, got := run(t, options(t), refs(names...))
	if len(got.Parents) != 1 {
		t.Fatalf("%+v", got.Parents)
	}
	if p := got.Parents[0]; !strings.HasSuffix(got.Bases[p.Base].Title, "base/large:1") || len(p.Images) != 1 {
		t.Errorf("%d images move to %s", len(p.Images), got.Bases[p.Base].Title)
	}
}
