package packagetree

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// laidOut are all nodes of a tree, indented: name or title, packages, bytes, wasted bytes.
func laidOut(t *Tree) []string {
	var rows []string
	var below func(nodes []int32, depth int)
	below = func(nodes []int32, depth int) {
		for _, at := range nodes {
			n := &t.Nodes[at]
			name := fmt.Sprint("title ", n.Title)
			if n.Index >= 0 {
				name = t.report.Packages[n.Index].Name
			}
			rows = append(rows, fmt.Sprintf("%s%s %d %d %d", strings.Repeat("  ", depth), name, n.Count, n.Bytes, n.Wasted))
			if depth < 20 {
				below(n.Children, depth+1)
			}
		}
	}
	below(t.Top, 0)
	return rows
}

func TestTreeOfWhy(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	tree := Build(r, func(i int) bool { return r.Packages[i].Name == "cpp-12" })
	want := []string{
		"python3-pip 6 400317000 44000000",
		fmt.Sprintf("  title %d 4 392017000 44000000", Recommends), "    build-essential 4 392017000 44000000", "      g++-12 3 392000000 44000000",
		"        gcc-12 2 262000000 44000000", "          cpp-12 1 44000000 44000000", "  python3 1 7000000 0",
		"git 2 38070000 0", "  liberror-perl 1 70000 0",
		fmt.Sprintf("title %d 1 210000 0", Orphans), "  libgone1 1 210000 0",
		fmt.Sprintf("title %d 2 13341000 0", FromBase), "  libc6 1 13000000 0", "  base-files 1 341000 0",
	}
	if d := cmp.Diff(want, laidOut(tree)); d != "" {
		t.Error(d)
	}
	if own := tree.Own(&tree.Nodes[10]); own != 1_300_000 {
		t.Errorf("python3-pip itself weighs %d", own)
	}
	if own := tree.Own(&tree.Nodes[len(tree.Nodes)-1]); own != 0 {
		t.Errorf("a title itself weighs %d", own)
	}
}

// TestTitles: packages that nothing is known to have brought stand under what is known.
func TestTitles(t *testing.T) {
	for reason, want := range map[string]Title{
		"manual": NoTitle, "dependency": Dependencies, "recommended": Weak, "suggested": Weak, "orphan": Orphans, "essential": Essentials, "": UnknownReason,
	} {
		r := &model.Report{Packages: []model.Package{{Name: "p", Layer: 1, Bytes: 5, Reason: reason}}}
		tree := Build(r, func(int) bool { return false })
		top := &tree.Nodes[tree.Top[0]]
		if len(tree.Top) != 1 || top.Title != want || top.Count != 1 || top.Bytes != 5 || (want == NoTitle) != (top.Index == 0) {
			t.Errorf("a package of reason %q stands under %+v", reason, top)
		}
	}
}

// TestCirclesAreOpened: each package stands in the tree once, whoever needs whom.
func TestCirclesAreOpened(t *testing.T) {
	r := &model.Report{}
	for i := range 9 {
		r.Packages = append(r.Packages, model.Package{Name: fmt.Sprint(i), Layer: 1, Bytes: 1, Reason: "dependency", NeededBy: fmt.Sprint((i + 1) % 9)})
	}
	r.Packages = append(r.Packages, model.Package{Name: "self", Layer: 1, Bytes: 1, Reason: "dependency", Via: "self"})
	tree := Build(r, func(int) bool { return true })
	total, wasted := 0, int64(0)
	for _, at := range tree.Top {
		total += tree.Nodes[at].Count
		wasted += tree.Nodes[at].Wasted
	}
	if total != 10 || wasted != 10 {
		t.Errorf("%d packages of 10 stand in the tree, %d wasted bytes:\n%s", total, wasted, strings.Join(laidOut(tree), "\n"))
	}
}

// TestPlaces: packages of a language stand together with those that were installed in the same
// place, what serves to develop under a title of its own, and what is a part of a package of the
// system stands nowhere.
func TestPlaces(t *testing.T) {
	pack := func(manager, name, location, reason, by string) model.Package {
		return model.Package{Manager: manager, Name: name, Location: location, Reason: reason, NeededBy: by, Bytes: 10, Layer: 1}
	}
	six := pack("pip", "six", "usr/lib/python3/dist-packages", "unknown", "")
	six.PartOf, six.Bytes = "python3-six", 0
	r := &model.Report{Packages: []model.Package{
		{Manager: "dpkg", Name: "python3-six", Reason: "manual", Bytes: 5, Layer: 1}, six,
		pack("pip", "torch", "venv/site-packages", "manual", ""), pack("pip", "numpy", "venv/site-packages", "dependency", "torch"), pack("pip", "numpy", "other/site-packages", "unknown", ""),
		pack("npm", "web", "app/node_modules/web", "manual", ""), pack("npm", "depth", "app/node_modules/web/node_modules/depth", "dependency", "web"), pack("npm", "check", "app/node_modules/check", "dev", ""),
	}}
	tree := Build(r, func(int) bool { return false })
	want := []string{
		fmt.Sprintf("title %d 3 30 0", InPlace), "  web 2 20 0", "    depth 1 10 0", fmt.Sprintf("  title %d 1 10 0", Develops), "    check 1 10 0",
		fmt.Sprintf("title %d 2 20 0", InPlace), "  torch 2 20 0", "    numpy 1 10 0",
		fmt.Sprintf("title %d 1 10 0", InPlace), "  numpy 1 10 0",
		"python3-six 1 5 0",
	}
	got := laidOut(tree)
	if at := tree.Nodes[tree.Top[0]].Place; at != "app" && at != "venv/site-packages" {
		t.Errorf("the first place is %q", at)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
