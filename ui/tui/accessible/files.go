package accessible

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/filetree"
)

// maxListed is how many paths one answer names at most.
const maxListed = 300

// tree returns the files of all layers, or why they are not known. The tree is built on the first
// call.
func (d *dialog) tree() *filetree.LayerTree {
	if o := d.files.Outline(); o != nil {
		return o.LayerTree
	}
	if d.report.Tree == nil || d.report.Tree.Layers() == 0 {
		d.say("This report holds no files.")
		return nil
	}
	span := filetree.Span{First: 0, Last: d.report.Tree.Layers() - 1, From: 0}
	d.files.Choose(span, true, "the image")
	lt := filetree.Build(d.report.Tree, span, filetree.BySize)
	d.files.ShowOutline(filetree.NewOutline(lt))
	return lt
}

// fileList says what is in a directory, the largest first, or all about a file.
func (d *dialog) fileList(path string) {
	lt := d.tree()
	if lt == nil {
		return
	}
	at, ok := d.entryAt(lt, path)
	if !ok {
		d.say("There is no " + d.th.Path(path) + " in this image.")
		return
	}
	if !lt.IsDir(at) {
		d.file(lt, at)
		return
	}
	children := lt.Children(at)
	e := &lt.Entries[at]
	d.say(fmt.Sprintf("Directory /%s: %s, %s.", d.th.Path(lt.Tree.Path(e.Node)), display.Plural(len(children), "name"), cost(e.Size, e.Wasted)))
	d.list(lt, children, false)
}

// entryAt finds a path by its names, as they are or as they are printed.
func (d *dialog) entryAt(lt *filetree.LayerTree, path string) (int32, bool) {
	at := int32(0)
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." {
			continue
		}
		children := lt.Children(at)
		i := slices.IndexFunc(children, func(c int32) bool {
			real := lt.Tree.Name(lt.Entries[c].Node)
			return real == name || len(real) <= 4*len(name) && d.th.Charset.Escape(real) == name
		})
		if i < 0 {
			return 0, false
		}
		at = children[i]
	}
	return at, true
}

// file says which package owns a file, which versions it has, and which fix removes it.
func (d *dialog) file(lt *filetree.LayerTree, at int32) {
	if d.files.Outline().Rows = []filetree.Row{{Entry: at}}; d.files.Chosen() == nil {
		d.files.Resize(1, 1)
	}
	p := d.page()
	d.files.Read(p)
	d.sayPage(p)
}

// list says entries one a line, with their whole path if asked.
func (d *dialog) list(lt *filetree.LayerTree, entries []int32, whole bool) {
	for _, i := range entries[:min(len(entries), maxListed)] {
		e := &lt.Entries[i]
		name := d.th.Path(lt.Tree.Name(e.Node))
		if whole {
			name = "/" + d.th.Path(lt.Tree.Path(e.Node))
		}
		if lt.IsDir(i) {
			name = "directory " + name
		}
		if e.Change == filetree.Deleted {
			name += ", deleted"
		}
		d.say(name + ": " + cost(e.Size, e.Wasted) + ".")
	}
	if more := len(entries) - maxListed; more > 0 {
		d.say("And " + display.Count(more) + " smaller ones.")
	}
}

// find lists the files that meet the conditions, the largest first.
func (d *dialog) find(text string) {
	q := filetree.ParseQuery(text)
	if q == nil {
		d.say("find takes part of a name or conditions, such as find conf, find >10MB, find is:wasted.")
		return
	}
	if i := q.Unfinished(); i >= 0 {
		d.say(d.th.OneLine(strings.Fields(text)[i], 100) + " is not a condition; conditions are >10MB, <1kB, is:added, is:modified, is:deleted, is:wasted, is:shadowed, is:leftover, is:duplicate, is:live, no: instead of is:, pkg:NAME, layer:NUMBER.")
		return
	}
	lt := d.tree()
	if lt == nil {
		return
	}
	f := q.Find(lt, d.report)
	var matches []int32
	for i, match := range f.Match {
		if match {
			matches = append(matches, int32(i))
		}
	}
	slices.SortStableFunc(matches, func(a, b int32) int { return cmp.Compare(lt.Entries[b].Size, lt.Entries[a].Size) })
	if len(matches) == 0 {
		d.say("Nothing matches.")
		return
	}
	matched := "1 match"
	if len(matches) > 1 {
		matched = display.Count(len(matches)) + " matches"
	}
	d.say(matched + ", " + display.Bytes(f.Bytes) + ".")
	d.list(lt, matches, true)
}
