package filetree

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// twoLayers is a tree whose second layer changes, adds and deletes, of which one file
// belongs to a package, with its report.
func twoLayers() (*LayerTree, *model.Report) {
	b := tuitest.NewTree()
	b.Layer()
	b.File("etc/app.conf", 2_000, model.Shadowed, 1)
	b.File("etc/other", 10, model.Live, 0)
	b.File("usr/lib/libapp.so", 5_000_000, model.Live, 0)
	b.File("usr/lib/deep/er/App.txt", 300, model.Duplicate, 0)
	b.Layer()
	b.File("etc/app.conf", 3_000, model.Live, 0)
	b.File("opt/new", 40_000_000, model.Leftover, 0)
	b.Put("etc/other", model.Record{Kind: model.Whiteout})
	t := b.Done()
	t.Packages = make([]int32, len(t.Records))
	for i := range t.Packages {
		t.Packages[i] = -1
	}
	t.Packages[2] = 0
	return Build(t, Span{First: 0, Last: 1, From: 1}, BySize), &model.Report{Tree: t, Packages: []model.Package{{Name: "libapp1"}}}
}

// namesOf are the names of the entries that are marked, in order of name.
func namesOf(lt *LayerTree, marked []bool) string {
	var names []string
	for i, m := range marked {
		if m {
			names = append(names, lt.Tree.Name(lt.Entries[i].Node))
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestQueryFinds(t *testing.T) {
	lt, r := twoLayers()
	for text, want := range map[string]string{
		"app": "App.txt app.conf libapp.so", "APP.CONF": "app.conf", "lib/app": "libapp.so", "deep/app": "", "er/app": "App.txt", "etc": "etc",
		">1MB": "libapp.so new", ">1MB <10MB": "libapp.so", "<1kB": "App.txt other",
		"is:added": "new", "is:modified": "app.conf", "is:deleted": "other", "no:added no:unchanged": "app.conf other",
		"is:wasted": "app.conf new", "no:wasted": "App.txt libapp.so other", "is:shadowed": "app.conf", "is:leftover": "new", "is:duplicate": "App.txt", "is:live app": "app.conf libapp.so",
		"pkg:libapp": "libapp.so", "pkg:curl": "", "pkg: >1MB": "new", "layer:1 app": "app.conf", "layer:0 app": "App.txt app.conf libapp.so",
	} {
		f := ParseQuery(text).Find(lt, r)
		if got := namesOf(lt, f.Match); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
		if count := strings.Count(want, " ") + 1; want != "" && f.Count != count {
			t.Errorf("%q counts %d of %d", text, f.Count, count)
		}
	}
	if got := namesOf(lt, OfFinding(0).Find(lt, r).Match); got != "app.conf" {
		t.Errorf("the finding holds %q", got)
	}
}

// TestQueryKeepsWhatIsAroundAMatch: the directories above it, and what is in a directory
// that is looked for by its name.
func TestQueryKeepsWhatIsAroundAMatch(t *testing.T) {
	lt, r := twoLayers()
	f := ParseQuery("app.txt").Find(lt, r)
	if got := namesOf(lt, f.keep[1:]); got == "" || f.Bytes != 300 {
		t.Errorf("keeps %q of %d bytes", got, f.Bytes)
	}
	f = ParseQuery("lib deep").Find(lt, r)
	if f.Count != 0 {
		t.Errorf("one name has both words %d times", f.Count)
	}
	f = ParseQuery("deep").Find(lt, r)
	for _, name := range []string{"deep", "er", "App.txt"} {
		if at := slices.IndexFunc(lt.Entries, func(e Entry) bool { return lt.Tree.Name(e.Node) == name }); !f.keep[at] {
			t.Errorf("%s is not kept", name)
		}
	}
	if f.Bytes != 300 {
		t.Errorf("a directory that matches counts as %d bytes", f.Bytes)
	}
}

func TestParseQuery(t *testing.T) {
	if q := ParseQuery("  "); q != nil {
		t.Errorf("blanks ask for %+v", q)
	}
	for text, want := range map[string]int{
		"conf >10MB": -1, "conf >": 1, ">1XB": 0, "is:": 0, "no:green": 0, "a b layer:x": 2, "layer:3 pkg:curl": -1, ">99999999999999999999EB": 0,
	} {
		if got := ParseQuery(text).Unfinished(); got != want {
			t.Errorf("of %q word %d is unfinished, want %d", text, got, want)
		}
	}
	text := ""
	for _, step := range []struct{ word, want string }{{"no:added", "no:added"}, {"is:live", "no:added is:live"}, {"no:added", "is:live"}, {"is:live", ""}} {
		if text = Toggle(text, step.word); text != step.want {
			t.Errorf("%s makes it %q, want %q", step.word, text, step.want)
		}
	}
}

func TestOrders(t *testing.T) {
	lt, _ := twoLayers()
	for order, want := range map[Order]string{ByName: "etc opt usr", BySize: "opt usr etc", ByWasted: "opt etc usr", ByCount: "etc opt usr"} {
		var names []string
		for _, i := range lt.Sorted(order).Children(0) {
			names = append(names, lt.Tree.Name(lt.Entries[i].Node))
		}
		got := strings.Join(names, " ")
		if order == ByCount { // two of them have one child each
			slices.SortFunc(names[1:], strings.Compare)
			got = strings.Join(names, " ")
		}
		if got != want {
			t.Errorf("by %s: %s, want %s", order, got, want)
		}
		if parsed, ok := ParseOrder(order.String()); !ok || parsed != order {
			t.Errorf("%s is read as %s, %v", order, parsed, ok)
		}
	}
	if _, ok := ParseOrder("sideways"); ok {
		t.Error("sideways is no order")
	}
	order := BySize
	for range int(Orders) {
		order = order.Next()
	}
	if order != BySize {
		t.Errorf("the orders do not come round: %s", order)
	}
}

func TestOutlineFilters(t *testing.T) {
	lt, r := twoLayers()
	o := NewOutline(lt)
	o.Open(0)
	before := outlined(o)
	f := ParseQuery("app").Find(lt, r)
	o.Filter(f, lt.Filtered(f, o.Unfiltered()))
	want := []string{"  0 usr 5000300 0", "  1 lib 5000300 0", "  2 libapp.so 5000000 0", "  2 deep 300 0", "  3 er 300 0", "  4 App.txt 300 0", "  0 etc 5010 2000", "M 1 app.conf 5000 2000"}
	if d := cmp.Diff(want, outlined(o)); d != "" {
		t.Error(d)
	}
	for i := range o.Entries {
		if name := lt.Tree.Name(o.Entries[i].Node); o.Shows(int32(i)) != f.keep[i] {
			t.Errorf("%s is shown: %v", name, o.Shows(int32(i)))
		}
	}
	sorted := lt.Sorted(ByName)
	o.Reorder(sorted, sorted.AppendBelow(nil, o.Opened, o.Only, 0, 0))
	if got := outlined(o)[0]; got != "  0 etc 5010 2000" {
		t.Errorf("by name the first row is %q", got)
	}
	o.Unfilter()
	o.Unfilter() // once more changes nothing
	o.Reorder(lt, lt.AppendBelow(nil, o.Opened, nil, 0, 0))
	if d := cmp.Diff(before, outlined(o)); d != "" {
		t.Errorf("without the filter: %s", d)
	}
}

func TestOutlineGoesFromMatchToMatch(t *testing.T) {
	lt, r := twoLayers()
	f := ParseQuery("app").Find(lt, r)
	o := NewOutline(lt)
	o.Collapse()
	at := func(row int) string { return lt.Tree.Name(o.Entries[o.Rows[row].Entry].Node) }
	var forth, back []string
	row := 0
	for next := o.Next(f, row, false); next != row; next = o.Next(f, row, false) {
		row = next
		forth = append(forth, at(row))
	}
	for next := o.Next(f, row, true); next != row; next = o.Next(f, row, true) {
		row = next
		back = append(back, at(row))
	}
	if d := cmp.Diff([]string{"libapp.so", "App.txt", "app.conf"}, forth); d != "" {
		t.Errorf("forth: %s", d)
	}
	if d := cmp.Diff([]string{"App.txt", "libapp.so"}, back); d != "" {
		t.Errorf("back: %s", d)
	}
	o.Collapse()
	last := o.Next(f, len(o.Rows), true)
	if at(last) != "app.conf" {
		t.Errorf("back from the end comes %s", at(last))
	}
}

func TestOutlineReveals(t *testing.T) {
	lt, _ := twoLayers()
	o := NewOutline(lt)
	o.Collapse()
	for i := range lt.Entries[1:] {
		row := o.Reveal(int32(i + 1))
		if o.Rows[row].Entry != int32(i+1) {
			t.Errorf("entry %d is not in row %d", i+1, row)
		}
	}
	child := o.Reveal(int32(slices.IndexFunc(lt.Entries, func(e Entry) bool { return lt.Tree.Name(e.Node) == "App.txt" })))
	if parent := o.Parent(child); lt.Tree.Name(o.Entries[o.Rows[parent].Entry].Node) != "er" {
		t.Errorf("its parent is in row %d", parent)
	}
	if got := o.Parent(0); got != 0 {
		t.Errorf("the first row's parent is row %d", got)
	}
}
