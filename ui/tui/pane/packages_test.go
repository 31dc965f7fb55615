package pane

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// packageRows are what stands in the tree of packages, indented.
func packageRows(v *Packages) []string {
	var rows []string
	for i := range v.visible {
		n := &v.tree.Nodes[v.visible[i].Entry]
		name := ""
		if n.Index >= 0 {
			name = v.report.Packages[n.Index].Name
		} else {
			name = v.titles(n)[0]
		}
		rows = append(rows, fmt.Sprintf("%s%s %d %d", strings.Repeat("  ", int(v.visible[i].Depth)), name, n.Count, n.Bytes))
	}
	return rows
}

func TestPackagesAreATreeOfWhy(t *testing.T) {
	v := &Packages{}
	showIn(v, tuitest.Described(tuitest.Report()))
	pressIn(v, "down", "enter", "down", "enter", "down", "enter", "down", "right")
	want := []string{
		"python3-pip 6 400317000",
		"  4 packages only recommended 4 392017000", "    build-essential 4 392017000", "      g++-12 3 392000000", "        gcc-12 2 262000000", "          cpp-12 1 44000000",
		"  python3 1 7000000", "git 2 38070000", "1 package nothing needs 1 210000", "2 packages of the base 2 13341000",
	}
	if d := cmp.Diff(want, packageRows(v)); d != "" {
		t.Error(d)
	}
	for _, text := range []string{"g++-12 needs it", "build-essential needs g++-12", "python3-pip recommends build-essential", "python3-pip was installed by name"} {
		if !strings.Contains(textOf(v), text) {
			t.Errorf("the chain lacks %q:\n%s", text, pictureOf(v))
		}
	}
	pressIn(v, "left", "left", "left")
	if p := v.chosenPackage(); p == nil || p.Name != "g++-12" {
		t.Errorf("left goes to %+v", p)
	}
	pressIn(v, "g")
	for _, text := range []string{"4 packages, 392 MB, through python3-pip", "--no-install-recommends"} {
		if !strings.Contains(textOf(v), text) {
			t.Errorf("what pip brought lacks %q:\n%s", text, pictureOf(v))
		}
	}
	pressIn(v, "down", "down")
	v.Show(tuitest.Described(tuitest.Report()))
	if p := v.chosenPackage(); p == nil || p.Name != "build-essential" {
		t.Errorf("the next report moves the cursor to %+v", p)
	}
}

// TestPackagesHeldInPart: a finding about some files of a package is not about
// the package.
func TestPackagesHeldInPart(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	r.Findings[1].Packages = []string{"git"}
	v := &Packages{}
	showIn(v, r)
	pressIn(v, "down", "down", "down")
	held, _ := v.Selected()
	if p := v.chosenPackage(); p == nil || p.Name != "git" || held != nil {
		t.Errorf("%v is held by %v", p, held)
	}
}

func TestPackagesWithoutReasons(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	r.Image.Base.Layers = 0
	for i := range r.Packages {
		r.Packages[i].Reason, r.Packages[i].NeededBy, r.Packages[i].RecommendedBy = "unknown", "", nil
	}
	v := &Packages{}
	showIn(v, r)
	if rows := packageRows(v); len(rows) != 12 || rows[0] != "11 packages 11 451938000" {
		t.Errorf("%q", rows)
	}
	if !strings.Contains(pictureOf(v), "The image does not say who asked for them") {
		t.Errorf("nothing says that nobody knows:\n%s", pictureOf(v))
	}
}

// TestKeysBeforeTheReport: a filter may be typed, and levels folded, before an image is
// read.
func TestKeysBeforeTheReport(t *testing.T) {
	v := &Packages{}
	v.Resize(0, 10)
	v.Narrow("python")
	v.Narrow("")
	v.Narrow("a b")
	if v.Count != 0 {
		t.Errorf("%d rows of no image", v.Count)
	}
}
