package structure

import (
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// ownerEntry is a path that a RUN changed the owner or mode of, as the RUN's layer and
// those below it tell.
type ownerEntry struct {
	path   string // absolute
	node   model.NodeID
	from   int   // layer that it comes from; that of the RUN itself where it is new or written anew there
	origin int   // layer that brought it first; those between stored it again with the same owner
	copied bool  // a file that is stored again with the same content
	size   int64 // of a copied file
	dir    bool
	now    model.Attributes
	was    model.Attributes // not for what is new
	stays  bool             // the instruction that brought it stays as it is, since it is little
}

// maxOwnerEntries is how many paths of one layer are looked at.
const maxOwnerEntries = 300_000

// ownerEntries lists what of a RUN's layer its commands may have changed; false where
// that is too much to look at.
func ownerEntries(t *model.Tree, layer int, commands []*ownerCommand) (list []ownerEntry, ok bool) {
	if t.Starts[layer+1]-t.Starts[layer] > maxOwnerEntries {
		return nil, false
	}
	for _, r := range t.Layer(layer) {
		if r.Kind >= model.Whiteout || r.Kind == model.Implied || r.Gone == uint16(layer) {
			continue
		}
		name := "/" + t.Path(r.Node)
		reached := false
		for _, c := range commands {
			reached = reached || c.reaches(name)
		}
		if !reached {
			continue
		}
		e := ownerEntry{path: name, node: r.Node, from: layer, dir: r.Kind == model.Directory, now: t.Attributes(r)}
		if below, there := t.At(r.Node, layer-1); there {
			e.compare(t, r, below, layer)
		}
		e.origin = e.from
		if e.copied {
			e.origin = originOf(t, r.Node, e.from)
		}
		list = append(list, e)
	}
	return list, true
}

// compare notes what a record has in common with the one below it.
func (e *ownerEntry) compare(t *model.Tree, r *model.Record, below model.RecordID, layer int) {
	old := &t.Records[below]
	content := &t.Records[t.Content(below)]
	e.was = t.Attributes(content)
	switch {
	case e.dir:
		if old.Kind == model.Directory || old.Kind == model.Implied {
			e.from = int(old.Layer)
		}
	case r.Kind == model.Symlink:
		if old.Kind == model.Symlink && t.LinkText(old) == t.LinkText(r) {
			e.from = int(old.Layer)
		}
	case content.Kind == model.File && content.Verdict == model.Shadowed && content.Cause == model.Copied && int(content.HiddenBy) == layer:
		e.from, e.copied, e.size = int(old.Layer), r.Kind == model.File, content.Size.Bytes()
	}
}

// originOf returns the layer that brought a file which one stores, as a chmod does, with the
// content and the owner that it had.
func originOf(t *model.Tree, n model.NodeID, layer int) int {
	for {
		id, _ := t.At(n, layer)
		below := t.Below(id)
		if below == model.NoRecord {
			return layer
		}
		now, was := &t.Records[id], &t.Records[below]
		a, b := t.Attributes(now), t.Attributes(was)
		if now.Kind != model.File || was.Kind != model.File || was.Verdict != model.Shadowed || was.Cause != model.Copied || int(was.HiddenBy) != layer || a.UID != b.UID || a.GID != b.GID {
			return layer
		}
		layer = int(was.Layer)
	}
}

// source returns the layer of the instruction that a command's change of the entry moves to: a mode
// that another one sets in between would replace it.
func (e *ownerEntry) source(c *ownerCommand) int {
	if c.mode() {
		return e.from
	}
	return e.origin
}

// right reports whether the path had before what a command gives it.
func (e *ownerEntry) right(c *ownerCommand, layer int) bool {
	if e.from == layer {
		return false
	}
	if c.mode() {
		return e.was.Mode == e.now.Mode
	}
	return e.was.UID == e.now.UID && e.was.GID == e.now.GID && (e.dir || e.was.Mode == e.now.Mode) // which takes setuid bits away
}

// existed reports whether a path was there before a layer.
func existed(t *model.Tree, n model.NodeID, layer int) bool {
	if layer == 0 {
		return false
	}
	_, there := t.At(n, layer-1)
	return there
}

// layerOf returns the one layer that an instruction made.
func layerOf(b *rules.Build, at int) (layer int, ok bool) {
	layer = -1
	for i := range b.Layers {
		if made := b.Layers[i].Instruction; made != nil && *made == at {
			if layer >= 0 {
				return 0, false
			}
			layer = i
		}
	}
	return layer, layer >= 0 && b.Tree != nil && layer < b.Tree.Layers()
}

// within reports whether an absolute path is a directory or lies below it.
func within(name, dir string) bool {
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}
