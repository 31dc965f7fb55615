package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/filetree"
	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// filesShown lists the names on the screen's file list, directories with a slash.
func filesShown(m *root) []string {
	var out []string
	v := m.files
	o := v.Outline()
	for i := range v.Count {
		row := o.Rows[i]
		name := o.Tree.Name(o.Entries[row.Entry].Node)
		if o.IsDir(row.Entry) {
			name += "/"
		}
		out = append(out, strings.Repeat(" ", int(row.Depth))+name)
	}
	return out
}

// searchReport has two layers; the second changes, adds and deletes.
func searchReport() *model.Report {
	r := tuitest.Report()
	b := tuitest.NewTree()
	b.Layer()
	b.File("etc/app.conf", 2_000, model.Shadowed, 0)
	b.File("etc/other", 10, model.Live, 0)
	b.File("usr/lib/libapp.so", 5_000_000, model.Live, 0)
	b.File("usr/lib/deep/er/App.txt", 300, model.Live, 0)
	b.Layer()
	b.File("etc/app.conf", 3_000, model.Live, 0)
	b.File("opt/new", 40_000_000, model.Live, 0)
	b.Put("etc/other", model.Record{Kind: model.Whiteout})
	t := b.Done()
	t.Packages = make([]int32, len(t.Records))
	for i := range t.Packages {
		t.Packages[i] = -1
	}
	t.Packages[2] = 0
	r.Tree, r.Packages = t, []model.Package{{Name: "libapp1"}}
	r.Layers = r.Layers[:2]
	for i := range r.Instructions {
		if at := r.Instructions[i].Layer; at != nil && *at > 1 {
			r.Instructions[i].Layer = nil
		}
	}
	r.Image.Base.Layers = 0
	r.Findings = nil
	return r
}

func searching(t *testing.T, keys ...string) *root {
	t.Helper()
	m := opened(t, 120, 36, Options{}, searchReport())
	m.steps.Choose(1)
	typed(m, append([]string{"2"}, keys...)...)
	return m
}

func letters(text string) []string { return strings.Split(text, "") }

// TestFilterFiltersAsOneTypes: / filters live, with a count, parents open; Esc clears.
func TestFilterFiltersAsOneTypes(t *testing.T) {
	m := searching(t, append([]string{"a", "/"}, letters("app")...)...)
	want := "usr/, lib/,  libapp.so,  deep/,   er/,    App.txt,etc/, app.conf"
	if got := strings.Join(filesShown(m), ","); got != want {
		t.Errorf("shown: %s\nwant:  %s", got, want)
	}
	if screen := picture(m); !strings.Contains(screen, "3 matches") || !strings.Contains(screen, "/app") {
		t.Errorf("neither filter nor count is on the screen:\n%s", screen)
	}
	typed(m, "backspace", "backspace", "backspace")
	if m.prompt == nil || m.files.Filter() != "" {
		t.Error("an empty filter still filters")
	}
	typed(m, append(letters("q"), "enter")...)
	if m.prompt != nil || m.files.Filter() == "" {
		t.Error("Enter does not keep the filter, or q quits while it is typed")
	}
	typed(m, "esc")
	if m.files.Filter() != "" || m.progress.stopping {
		t.Error("Esc does not clear the filter")
	}
	typed(m, append([]string{"/"}, letters("nothing like this")...)...)
	if screen := picture(m); !strings.Contains(screen, "No file matches") {
		t.Errorf("nothing is said of no match:\n%s", screen)
	}
	typed(m, "esc")
	send(m, tea.PasteMsg{Content: "ignored"})
	typed(m, "/")
	send(m, tea.PasteMsg{Content: "a\x1b[31m\npp"})
	if m.prompt.text != "a [31m pp" {
		t.Errorf("a paste becomes %q", m.prompt.text)
	}
}

// TestFilterConditions: by change, size, layer, owner, verdict, and
// together.
func TestFilterConditions(t *testing.T) {
	for query, want := range map[string]string{
		">1MB": "libapp.so new", ">1MB <10MB": "libapp.so", "is:deleted": "other", "is:modified": "app.conf", "is:added": "new",
		"pkg:libapp": "libapp.so", "layer:1 app": "app.conf", "is:wasted": "app.conf", "lib/app": "libapp.so", "deep/app": "", "lib/libapp": "libapp.so", "er/app": "App.txt",
		"no:added no:unchanged": "app.conf other", "APP.CONF": "app.conf", ">": "etc app.conf other usr lib libapp.so deep er App.txt opt new", "is:": "etc app.conf other usr lib libapp.so deep er App.txt opt new",
	} {
		m := searching(t, "a", "/")
		for _, l := range letters(query) {
			if l == " " {
				l = "space"
			}
			typed(m, l)
		}
		f := m.files.Matches()
		if f == nil {
			t.Errorf("%q: nothing is found", query)
			continue
		}
		var got []string
		for i := range f.Match {
			if f.Match[i] {
				got = append(got, m.files.Outline().Tree.Name(m.files.Outline().Entries[i].Node))
			}
		}
		if !sameWords(got, strings.Fields(want)) {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
	m := searching(t, "a", "A")
	if m.files.Filter() != "no:added" {
		t.Error("A does not hide what was added")
	}
	typed(m, "A")
	if m.files.Filter() != "" {
		t.Error("A does not show it again")
	}
}

func sameWords(a, b []string) bool {
	count := make(map[string]int)
	for _, w := range a {
		count[w]++
	}
	for _, w := range b {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// TestNextMatch: n and N walk through the matches and open directories.
func TestNextMatch(t *testing.T) {
	m := searching(t, append(append([]string{"a", "/"}, letters("app")...), "enter")...)
	at := func() string { return m.files.Outline().Tree.Name(m.files.Chosen().Node) }
	var walked []string
	walked = append(walked, at())
	for range 3 {
		typed(m, "n")
		walked = append(walked, at())
	}
	if got := strings.Join(walked, " "); got != "app.conf libapp.so App.txt App.txt" && got != "libapp.so App.txt app.conf app.conf" {
		t.Errorf("n goes to %s", got)
	}
	if !strings.Contains(m.notice, "no more matches") {
		t.Errorf("at the end it says %q", m.notice)
	}
	typed(m, "g")
	for m.files.Outline().Opened[m.files.Outline().Rows[m.files.Cursor].Entry] {
		typed(m, "left")
	}
	before := m.files.Count
	typed(m, "n")
	if m.files.Count <= before || !strings.Contains(strings.ToLower(at()), "app") {
		t.Errorf("n stays before a closed folder, on %s", at())
	}
	typed(m, "G", "N")
	if !strings.Contains(strings.ToLower(at()), "app") {
		t.Errorf("N goes to %s", at())
	}
	m = searching(t, "n")
	if !strings.Contains(m.notice, "there is no search") {
		t.Errorf("without a filter, n says %q", m.notice)
	}
}

// TestSortKeepsTheFileUnderTheCursor: every order is shown, and the cursor stays on its file.
func TestSortKeepsTheFileUnderTheCursor(t *testing.T) {
	m := searching(t, "a")
	for i, by := range []string{"size", "name", "wasted", "count"} {
		if i > 0 {
			typed(m, "s")
		}
		if screen := picture(m); !strings.Contains(screen, "by "+by) {
			t.Errorf("the heading does not say by %s:\n%s", by, screen)
		}
	}
	typed(m, "s")
	m.files.Reveal("etc/app.conf")
	m.settle()
	for range int(filetree.Orders) {
		typed(m, "s")
		if got := m.files.Path(); got != "/etc/app.conf" {
			t.Errorf("sorted by %s, the cursor is on %s", m.files.Order(), got)
		}
	}
	typed(m, "s")
	var top []string
	for i := range m.files.Count {
		if row := m.files.Outline().Rows[i]; row.Depth == 0 {
			top = append(top, m.files.Outline().Tree.Name(m.files.Outline().Entries[row.Entry].Node))
		}
	}
	if got := strings.Join(top, " "); got != "etc opt usr" {
		t.Errorf("by name: %s", got)
	}
}

// TestThisLayerOrAll: one key.
func TestThisLayerOrAll(t *testing.T) {
	m := searching(t)
	if got := strings.Join(filesShown(m), ","); strings.Contains(got, "usr/") || !strings.Contains(got, "opt/") {
		t.Errorf("the layer's own changes: %s", got)
	}
	typed(m, "a")
	if got := strings.Join(filesShown(m), ","); !strings.Contains(got, "usr/") || !strings.Contains(got, "opt/") {
		t.Errorf("everything up to the layer: %s", got)
	}
	m.files.Reveal("etc/app.conf")
	if e := m.files.Chosen(); e == nil || e.Change != filetree.Modified || e.Size != 5_000 || e.Wasted != 2_000 {
		t.Errorf("the shadowed version does not lie there: %+v", e)
	}
	m.files.Reveal("etc/other")
	if e := m.files.Chosen(); e == nil || e.Change != filetree.Deleted {
		t.Errorf("what was deleted: %+v", e)
	}
	typed(m, "a")
	if m.files.Span().From != m.files.Span().First {
		t.Error("the same key does not lead back")
	}
}

// TestCommandLineCompletes: a command line with completion.
func TestCommandLineCompletes(t *testing.T) {
	m := searching(t, ":", "s", "o", "tab")
	if m.prompt == nil || m.prompt.text != "sort " || len(m.prompt.hints) != int(filetree.Orders) {
		t.Fatalf("Tab gives %+v", m.prompt)
	}
	typed(m, "n", "tab", "enter")
	if m.files.Order() != filetree.ByName || m.prompt != nil {
		t.Errorf("the order is %s", m.files.Order())
	}
	for line, want := range map[string]string{"nonsense": "there is no command", "fi": "which one: files, filter, fixes", "layer 99": "there is no layer 99", "sort sideways": "sort takes", "theme pink": "theme takes"} {
		m.command(line)
		if !strings.Contains(m.notice, want) {
			t.Errorf(":%s says %q", line, m.notice)
		}
		m.notice = ""
	}
	m.command("goto /usr/lib/libapp.so")
	m.settle()
	if got := m.files.Path(); got != "/usr/lib/libapp.so" {
		t.Errorf("goto leads to %s", got)
	}
	m.command("packages")
	if m.view != pane.Pane(viewOf[*pane.Packages](m.views)) {
		t.Error(":packages does not show the packages")
	}
	for _, c := range commands() {
		if c.does == "" || c.run == nil {
			t.Errorf(":%s says nothing of what it does", c.name)
		}
	}
}
