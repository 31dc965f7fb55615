package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

// maxListed is how many paths are named in one answer, of however many.
const maxListed = 300

// tree is everything that the image's layers hold, built when it is first asked
// for; it says why there is none.
func (t *talk) tree() *filetree.LayerTree {
	if t.files.current != nil {
		return t.files.current.LayerTree
	}
	if t.report.Tree == nil || t.report.Tree.Layers() == 0 {
		t.say("This report holds no files.")
		return nil
	}
	span := filetree.Span{First: 0, Last: t.report.Tree.Layers() - 1, From: 0}
	t.files.choose(span, true, "the image")
	lt := filetree.Build(t.report.Tree, span, filetree.BySize)
	t.files.current = filetree.NewOutline(lt)
	return lt
}

// fileList says what is in a directory, the largest first, or all about a file.
func (t *talk) fileList(path string) {
	lt := t.tree()
	if lt == nil {
		return
	}
	at, ok := t.entryAt(lt, path)
	if !ok {
		t.say("There is no " + t.th.Path(path) + " in this image.")
		return
	}
	if !lt.IsDir(at) {
		t.file(lt, at)
		return
	}
	children := lt.Children(at)
	e := &lt.Entries[at]
	t.say(fmt.Sprintf("Folder /%s: %s, %s.", t.th.Path(lt.Tree.Path(e.Node)), display.Plural(len(children), "name"), cost(e.Size, e.Wasted)))
	t.list(lt, children, false)
}

// entryAt finds a path by its names, as they are or as they are printed.
func (t *talk) entryAt(lt *filetree.LayerTree, path string) (int32, bool) {
	at := int32(0)
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." {
			continue
		}
		children := lt.Children(at)
		i := slices.IndexFunc(children, func(c int32) bool {
			real := lt.Tree.Name(lt.Entries[c].Node)
			return real == name || len(real) <= 4*len(name) && t.th.Charset.Escape(real) == name
		})
		if i < 0 {
			return 0, false
		}
		at = children[i]
	}
	return at, true
}

// file says whose a file is, its versions, and the fix that removes it.
func (t *talk) file(lt *filetree.LayerTree, at int32) {
	if t.files.current.Rows = []filetree.Row{{Entry: at}}; t.files.chosen() == nil {
		t.files.Resize(1, 1)
	}
	p := t.page()
	t.files.read(p)
	t.sayPage(p)
}

// list says entries one a line, with their whole path if asked.
func (t *talk) list(lt *filetree.LayerTree, entries []int32, whole bool) {
	for _, i := range entries[:min(len(entries), maxListed)] {
		e := &lt.Entries[i]
		name := t.th.Path(lt.Tree.Name(e.Node))
		if whole {
			name = "/" + t.th.Path(lt.Tree.Path(e.Node))
		}
		if lt.IsDir(i) {
			name = "folder " + name
		}
		if e.Change == filetree.Deleted {
			name += ", deleted"
		}
		t.say(name + ": " + cost(e.Size, e.Wasted) + ".")
	}
	if more := len(entries) - maxListed; more > 0 {
		t.say("And " + display.Count(more) + " more, which are smaller.")
	}
}

// find says which files conditions hold for, the largest first.
func (t *talk) find(text string) {
	q := filetree.ParseQuery(text)
	if q == nil {
		t.say("find takes part of a name or conditions, such as find conf, find >10MB, find is:wasted.")
		return
	}
	if i := q.Unfinished(); i >= 0 {
		t.say(t.th.OneLine(strings.Fields(text)[i], 100) + " is no condition; conditions are >10MB, <1kB, is:added, is:modified, is:deleted, is:wasted, is:shadowed, is:leftover, is:duplicate, is:live, no: instead of is:, pkg:NAME, layer:NUMBER.")
		return
	}
	lt := t.tree()
	if lt == nil {
		return
	}
	f := q.Find(lt, t.report)
	var matches []int32
	for i, match := range f.Match {
		if match {
			matches = append(matches, int32(i))
		}
	}
	slices.SortStableFunc(matches, func(a, b int32) int { return cmp.Compare(lt.Entries[b].Size, lt.Entries[a].Size) })
	if len(matches) == 0 {
		t.say("Nothing matches.")
		return
	}
	matched := "1 match"
	if len(matches) > 1 {
		matched = display.Count(len(matches)) + " matches"
	}
	t.say(matched + ", " + display.Bytes(f.Bytes) + ".")
	t.list(lt, matches, true)
}
