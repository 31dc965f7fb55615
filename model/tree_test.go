package model

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestTreeOfALinkedFile asks everything of one small tree: a file with a hard
// link, a symbolic link, and a layer that replaces the file.
func TestTreeOfALinkedFile(t *testing.T) {
	b := newBuilder()
	root, user := b.Intern(Attributes{Mode: 0o755}), b.Intern(Attributes{Mode: 0o600, UID: 1000, GID: 1000})
	if root == user || b.Intern(Attributes{Mode: 0o755}) != root {
		t.Fatal("the same attributes are kept once, others beside them")
	}
	b.Reserve(4)
	b.Starts = []int{0}
	there := Record{Gone: StillThere, HiddenBy: StillThere, Owner: root}
	file := there
	file.Kind, file.Size, file.Gone, file.Owner = File, SizeOf(100), 1, user
	old := b.add("etc/app/conf", file)
	hard := there
	hard.Kind, hard.Ref = Link, uint32(old)
	link := b.add("etc/conf", hard)
	symbolic := there
	symbolic.Kind, symbolic.Ref = Symlink, b.AddText("app/conf")
	toFile := b.add("etc/b", symbolic)
	b.Starts = append(b.Starts, len(b.Records))
	newer := there
	newer.Kind, newer.Size, newer.Layer = File, SizeOf(7), 1
	replaced := b.add("etc/app/conf", newer)
	b.Starts = append(b.Starts, len(b.Records))
	b.Trim()
	tree := b.Tree

	if got := tree.Layers(); got != 2 {
		t.Errorf("%d layers", got)
	}
	var second []RecordID
	for id := range tree.Layer(1) {
		second = append(second, id)
	}
	if !slices.Equal(second, []RecordID{replaced}) {
		t.Errorf("the records of layer 1 are %v", second)
	}
	node, found := tree.Lookup("/etc/app/conf/")
	if !found || tree.Name(node) != "conf" || tree.Path(node) != "etc/app/conf" {
		t.Fatalf("look-up: %v, %q", found, tree.Path(node))
	}
	if _, found := tree.Lookup("etc/nowhere"); found {
		t.Error("a path is found that is in no layer")
	}
	if n := tree.PathLen(node, 100); n != len("etc/app/conf") {
		t.Errorf("the path is %d bytes long", n)
	}
	if n := tree.PathLen(node, 3); n <= 3 || n > len("etc/app/conf") {
		t.Errorf("counting up to 3 gives %d", n)
	}
	if got := tree.Attributes(&tree.Records[old]); got != (Attributes{Mode: 0o600, UID: 1000, GID: 1000}) {
		t.Errorf("attributes %+v", got)
	}
	if got := tree.LinkText(&tree.Records[toFile]); got != "app/conf" {
		t.Errorf("the link points to %q", got)
	}
	for layer, want := range map[int]RecordID{0: old, 1: replaced} {
		if got, ok := tree.At(node, layer); !ok || got != want {
			t.Errorf("in layer %d record %d is visible, want %d", layer, got, want)
		}
	}
	if got, ok := tree.Visible(Root); ok {
		t.Errorf("no layer has the root, but record %d is visible", got)
	}

	names := tree.VisibleNames()
	if got := names.Of(old); len(got) != 1 || tree.Path(got[0]) != "etc/conf" || names.First(old) != tree.Records[link].Node {
		t.Errorf("the replaced file has the names %v", got)
	}
	if got := names.Of(replaced); len(got) != 1 || got[0] != node {
		t.Errorf("the new file has the names %v", got)
	}
	tree.Records[link].Gone, tree.Records[replaced].Gone = 1, 1
	names = tree.VisibleNames()
	if got := names.Of(old); got != nil || names.First(old) != node {
		t.Errorf("without its link the old file has the names %v", got)
	}
}

// TestComparePath orders random paths as their texts are ordered.
func TestComparePath(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	b := newBuilder()
	var paths []string
	for range 300 {
		parts := make([]string, 1+r.IntN(4))
		for i := range parts {
			for range 1 + r.IntN(2) { // below and above the slash
				parts[i] += string("ab-.0~"[r.IntN(6)])
			}
		}
		path := strings.Join(parts, "/")
		b.node(path)
		paths = append(paths, path)
	}
	for range 2000 {
		x, y := paths[r.IntN(len(paths))], paths[r.IntN(len(paths))]
		nx, _ := b.Lookup(x)
		ny, _ := b.Lookup(y)
		if got, want := b.ComparePath(nx, ny), cmp.Compare(x, y); got != want {
			t.Fatalf("%q and %q: %d, want %d", x, y, got, want)
		}
	}
}

func TestVerdictsAsText(t *testing.T) {
	for _, v := range []Verdict{Live, Shadowed, Leftover, Duplicate} {
		text, err := v.MarshalText()
		var read Verdict
		if err != nil || read.UnmarshalText(text) != nil || read != v || string(text) != v.String() {
			t.Errorf("%s is read as %s (%v)", text, read, err)
		}
	}
	var v Verdict
	if err := v.UnmarshalText([]byte("dead")); err == nil || !strings.Contains(err.Error(), `"dead"`) {
		t.Errorf("an unknown verdict: %v", err)
	}
	if got := Deleted.String() + NoCause.String() + Copied.String(); got != "deletedcopied" {
		t.Errorf("causes: %q", got)
	}
}

func TestEfficiency(t *testing.T) {
	for _, c := range []struct {
		wasted, size int64
		want         float64
	}{{0, 0, 1}, {0, 10, 1}, {10, 10, 0}, {25, 100, 0.75}} {
		if got := Efficiency(c.wasted, c.size); got != c.want {
			t.Errorf("%d of %d: %v, want %v", c.wasted, c.size, got, c.want)
		}
	}
}

func TestWhatCounts(t *testing.T) {
	for confidence, want := range map[Confidence]bool{Certain: true, Likely: true, Possible: false} {
		if got := (&Finding{Confidence: confidence}).Wasted(); got != want {
			t.Errorf("%s counts as waste: %v", confidence, got)
		}
	}
	if !(&Ignored{}).Unused() || (&Ignored{Partly: []int{1}}).Unused() || (&Ignored{Findings: []int{0}}).Unused() {
		t.Error("an entry is unused where it takes no finding, whole or in part")
	}
	if got := DeltaOf(7, 4); got != (Delta{Old: 7, New: 4, Growth: -3}) {
		t.Errorf("from 7 to 4: %+v", got)
	}
}
