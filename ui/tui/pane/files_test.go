package pane

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/filetree"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// settle runs what the files want until nothing is missing.
func settle(v *Files, fix *model.Finding) {
	for cmd := v.Load(fix); cmd != nil; cmd = v.Load(fix) {
		v.Receive(cmd().(Message))
	}
	v.Resize(v.Count, 30)
}

// manyFiles is an image whose one layer is too large to be gathered at once.
func manyFiles() *model.Report {
	b := tuitest.NewTree()
	b.Layer()
	for i := range atOnce + 100 {
		b.File(fmt.Sprintf("data/%02d/file-%05d", i%50, i), int64(i), model.Live, uint32(i%2))
	}
	r := tuitest.Report()
	layer := 0
	r.Findings[0].Layer = &layer
	r.Tree = b.Done()
	return r
}

// TestFilesOfLargeLayersComeByCommands: tree, matches, order and marks of a large layer
// are commands, and what comes too late changes nothing.
func TestFilesOfLargeLayersComeByCommands(t *testing.T) {
	r := manyFiles()
	v := &Files{}
	showIn(v, r)
	steps := &Instructions{}
	showIn(steps, r)
	v.Follow(steps.Chosen())
	built := v.Load(nil)
	if built == nil || v.Outline() != nil || !v.Busy() || !strings.Contains(v.Empty(), "Sorting the files") {
		t.Fatalf("a large tree is built at once, or nothing is said of it: %q", v.Empty())
	}
	late := built()
	v.Follow(nil)
	v.Receive(late.(Message))
	if v.Outline() != nil || v.Empty() != "the image adds no files." {
		t.Errorf("a tree that comes too late is shown, or %q", v.Empty())
	}
	v.Follow(steps.Chosen())
	settle(v, nil)
	if v.Outline() == nil {
		t.Fatal("the tree is not there")
	}

	v.Ask("file-00007")
	if v.Said() == "" || v.Filter() != "file-00007" || !v.Seeks() {
		t.Errorf("while it looks it says %q", v.Said())
	}
	answer := v.Load(nil)
	v.Ask("file-00008")
	v.Receive(answer().(Message))
	if v.Matches() != nil {
		t.Error("the answer to the question before is taken for this one's")
	}
	settle(v, nil)
	if got := v.Path(); got != "/data/08/file-00008" || v.Said() != "1 match, 8 B" {
		t.Errorf("the cursor is on %s, %q", got, v.Said())
	}
	v.ToggleWord("is:added")
	settle(v, nil)
	if v.Matches().Count != 1 || v.Filter() != "file-00008 is:added" {
		t.Errorf("%q finds %d", v.Filter(), v.Matches().Count)
	}
	if !v.Escape() || v.Filter() != "" {
		t.Error("Escape does not clear the filter")
	}

	sort := v.SortBy(filetree.ByName)
	if sort == nil || v.Order() != filetree.ByName {
		t.Fatal("a large tree is sorted at once")
	}
	pressIn(v, "g", "enter", "enter") // close and open the first directory meanwhile
	v.Receive(sort().(Message))
	if name := v.Outline().Tree.Name(v.Outline().Entries[v.Outline().Rows[v.Count-1].Entry].Node); name != "49" {
		t.Errorf("by name the last is %q", name)
	}

	marks := v.Load(&r.Findings[0])
	if marks == nil {
		t.Fatal("marks in a large tree are found at once")
	}
	v.Receive(marks().(Message))
	if !v.Next(false) || !v.Seeks() {
		t.Error("there is no way to what the fix takes away")
	}
	if picture := pictureOf(v); !strings.Contains(picture, v.th.Marked) {
		t.Errorf("nothing is marked:\n%.2000s", picture)
	}
}

func TestFilesFollowTheInstructions(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	v, steps := &Files{}, &Instructions{}
	showIn(v, r)
	showIn(steps, r)
	steps.Choose(3)
	v.Follow(steps.Chosen())
	settle(v, nil)
	if got := v.Span(); got != (filetree.Span{First: 3, Last: 3, From: 3}) {
		t.Errorf("layers %+v", got)
	}
	own := strings.Join(linesOf(v, 140), "\n")
	v.ToggleMerged()
	v.ToggleAttributes()
	v.Follow(steps.Chosen())
	settle(v, nil)
	if got := v.Span(); got != (filetree.Span{First: 0, Last: 3, From: 3}) {
		t.Errorf("merged: layers %+v", got)
	}
	if all := strings.Join(linesOf(v, 140), "\n"); !strings.Contains(all, "all up to step 4") || !strings.Contains(all, "mode uid:gid") || strings.Contains(own, "mode uid:gid") {
		t.Errorf("merged:\n%s", all)
	}
	v.Reveal("app/app.py")
	if got := v.Path(); got != "/app/app.py" {
		t.Errorf("revealed %s", got)
	}
	if id, ok := v.File(); !ok || r.Tree.Records[id].Layer != 3 {
		t.Errorf("its content is record %d, %v", id, ok)
	}
	v.Reveal("usr/bin/bash")
	v.Collapse()
	if got := v.Path(); got != "/usr" {
		t.Errorf("closing all directories leads to %s", got)
	}
	if node, _ := r.Tree.Lookup("var/lib/apt/lists"); !v.GoTo(node) {
		t.Error("a directory that is there is not found")
	}
	if cmd := v.SortNext(); cmd != nil || v.Order() != filetree.ByName {
		t.Errorf("sorted by %s", v.Order())
	}
	v.SetMerged(false)
	v.Follow(steps.Chosen()) // back to what was shown before, cursor and all
	settle(v, nil)
	if got := v.Span().First; got != 3 {
		t.Errorf("back at layer %d", got)
	}
}

// TestDockerfileLeadsAndFollows: the cursor of the instructions, from both sides.
func TestDockerfileLeadsAndFollows(t *testing.T) {
	for name, r := range map[string]*model.Report{"written": tuitest.Described(tuitest.Report()), "rebuilt": tuitest.Rebuilt()} {
		v, steps := &Dockerfile{}, &Instructions{}
		showIn(v, r)
		showIn(steps, r)
		for i := range steps.Count {
			steps.To(i)
			v.Follow(steps.Chosen())
			at := v.Cursor
			if !v.Lead(steps) || steps.Cursor != i || v.Cursor != at {
				t.Errorf("%s: from instruction %d the Dockerfile leads to %d", name, i, steps.Cursor)
			}
		}
		if f, own := v.Selected(); f != nil && f.Fix == nil || !own {
			t.Errorf("%s: selected is %+v", name, f)
		}
		if got := v.Hints(); len(got) == 0 || got[len(got)-1].Does != "read" {
			t.Errorf("%s: hints %+v", name, got)
		}
	}
}

// TestRuleBelow: certain waste goes before more bytes that may be needed, and only the layers that are
// shown count.
func TestRuleBelow(t *testing.T) {
	r := &model.Report{Findings: []model.Finding{
		{Rule: "small", Confidence: model.Certain}, {Rule: "large", Confidence: model.Certain}, {Rule: "possible", Confidence: model.Possible},
	}}
	b := tuitest.NewTree()
	b.Layer()
	b.File("a/one", 10, model.Leftover, 1)
	b.File("a/two", 20, model.Leftover, 2)
	b.File("a/three", 90, model.Live, 3)
	b.Layer()
	b.File("a/b/four", 30, model.Leftover, 1)
	b.File("c/five", 70, model.Live, 3)
	b.File("d/six", 70, model.Live, 0)
	r.Tree = b.Done()
	for _, row := range []struct {
		dir         string
		first, last int
		want        string
	}{
		{"a", 0, 1, "small"}, {"a", 0, 0, "large"}, {"a/b", 0, 1, "small"}, {"c", 0, 1, "possible"}, {"d", 0, 1, ""},
	} {
		dir, ok := r.Tree.Lookup(row.dir)
		if got := ruleBelow(r, dir, filetree.Span{First: row.first, Last: row.last}); !ok || got != row.want {
			t.Errorf("%s in layers %d to %d: %q, want %q", row.dir, row.first, row.last, got, row.want)
		}
	}
}
