package overlay_test

import (
	"archive/tar"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/overlay"
	"github.com/tare-oci/tare/model"
)

// TestContentIsTheTree compares random layers, most of them a variation of each other: their
// contents have the same digest if and only if an engine would unpack them to the same tree.
func TestContentIsTheTree(t *testing.T) {
	cases := imagetest.Rounds(300, 300, 4000)
	if n, err := strconv.Atoi(os.Getenv("TARE_RANDOM")); err == nil {
		cases = n
	}
	same, compared := 0, 0
	for seed := range uint64(cases) {
		r := rand.New(rand.NewPCG(seed, 24))
		a := withoutWhiteouts(imagetest.Nasty(r, "", false)[0])
		b := vary(r, a)
		wantA, okA := unpacked(a)
		wantB, okB := unpacked(b)
		x, y := contentOf(t, a, seed%2 == 0), contentOf(t, b, seed%3 == 0)
		if !okA || !okB {
			continue // engines refuse one of them
		}
		compared++
		if wantA == wantB {
			same++
		}
		if (wantA == wantB) != (x.Tree == y.Tree) {
			t.Fatalf("seed %d: the trees are equal: %t, the digests: %t\n%s\n%s", seed, wantA == wantB, x.Tree == y.Tree, describe([]files{a}), describe([]files{b}))
		}
	}
	if same < compared/5 || same > compared*4/5 || compared < cases/2 {
		t.Errorf("of %d pairs %d were compared and %d were the same", cases, compared, same)
	}
}

func withoutWhiteouts(all files) files {
	return slices.DeleteFunc(all, func(f imagetest.File) bool { return strings.Contains(f.Path, ".wh.") || f.Type == tar.TypeChar })
}

// vary makes a layer that may hold the same, or nearly the same.
func vary(r *rand.Rand, all files) files {
	all = slices.Clone(all)
	for range 1 + r.IntN(2) {
		if len(all) == 0 {
			return all
		}
		f := &all[r.IntN(len(all))]
		switch r.IntN(9) {
		case 0:
			f.ModTime = time.Unix(int64(r.IntN(1000)), 0)
		case 1:
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		case 2:
			f.Path = "./" + f.Path
		case 3:
			all = append(all, *f)
		case 4:
			f.UID++
		case 5:
			f.Mode = 0o700 + int64(r.IntN(2))
		case 6:
			if len(f.Body) > 0 {
				f.Body = slices.Clone(f.Body)
				f.Body[r.IntN(len(f.Body))] ^= byte(r.IntN(2))
			}
		case 7:
			all = slices.DeleteFunc(all, func(g imagetest.File) bool { return g.Path == f.Path && r.IntN(2) == 0 })
		case 8:
			f.PAX = map[string]string{"comment": "x"}
		}
	}
	return all
}

// unpacked writes down the tree that an engine makes of a layer.
func unpacked(layer files) (string, bool) {
	tree, err := imagetest.Merge(layer)
	if err != nil {
		return "", false
	}
	names := map[*imagetest.Inode][]string{}
	for name, at := range tree {
		names[at] = append(names[at], name)
	}
	var lines []string
	for at, all := range names {
		slices.Sort(all)
		line := fmt.Sprintf("%q %c %q", all, at.Type, at.Target)
		if !at.Unnamed {
			line += fmt.Sprintf(" %o %d:%d", at.Mode, at.UID, at.GID)
		}
		if at.Type == tar.TypeReg {
			line += fmt.Sprintf(" %x", layer[at.Item].Body)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n"), true
}

func contentOf(t *testing.T, layer files, plain bool) *model.LayerContent {
	t.Helper()
	how := inPlace
	if !plain {
		how = streamed
	}
	b := overlay.New()
	b.DescribeContents()
	x, at := index(t, imagetest.Tar(layer...), how)
	if at != nil {
		var err error
		if x, err = x.HashAll(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := b.Add(t.Context(), x, at); err != nil {
		t.Fatal(err)
	}
	c := b.Content()
	if c == nil {
		t.Fatal("the content is not known")
	}
	return c
}
