package replay

import (
	"archive/tar"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Layer is what one instruction left.
type Layer struct {
	CreatedBy string // the history item
	Empty     bool   // no layer belongs to it
	Line      int    // of the instruction; 0 in the base image
	Entries   []Entry

	// Took has the files of the context, by path, that this instruction and those
	// before it in its stage copied, and what the stages had taken that it copied
	// from. A builder makes the layer anew where one of them changed.
	Took map[string]bool
}

// Entry is one entry of a layer.
type Entry struct {
	Path    string // without leading slash
	Removed bool   // a whiteout
	node    *node
}

// difference lists what became of the old tree in the new one, as the tar of a layer
// has it: in order of paths, a directory before what it holds.
func difference(old, now *tree) []Entry {
	changed := map[string]Entry{}
	for p, n := range now.nodes {
		if old.nodes[p] == n {
			continue
		}
		changed[p] = Entry{Path: p, node: n}
		for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
			if _, ok := changed[dir]; !ok && now.nodes[dir] != nil {
				changed[dir] = Entry{Path: dir, node: now.nodes[dir]}
			}
		}
	}
	for p := range old.nodes {
		if now.nodes[p] != nil {
			continue
		}
		if dir := path.Dir(p); dir == "." || now.nodes[dir] != nil {
			changed[p] = Entry{Path: p, Removed: true}
			for ; dir != "."; dir = path.Dir(dir) {
				if _, ok := changed[dir]; !ok {
					changed[dir] = Entry{Path: dir, node: now.nodes[dir]}
				}
			}
		}
	}
	entries := make([]Entry, 0, len(changed))
	for _, e := range changed {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	return entries
}

// Size is how many bytes the entry's file has.
func (e Entry) Size() int64 {
	if e.node == nil || e.node.kind != tar.TypeReg {
		return 0
	}
	return e.node.length()
}

// Beginning is the content of the entry's file up to where an invented one is filled
// up. It is short, unless the content matters as a whole.
func (e Entry) Beginning() []byte {
	if e.Size() == 0 {
		return nil
	}
	return e.node.beginning()
}

func (n *node) length() int64 {
	if n.body != nil {
		return int64(len(n.body))
	}
	return n.size
}

// beginning is a file's content up to where only zeros follow. Filler starts with its head and a
// line that depends on the seed: no two files are the same, and all compress well.
func (n *node) beginning() []byte {
	if n.body != nil {
		return n.body
	}
	head := fmt.Appendf(slices.Clone(n.head), "%x\n", noise(n.seed, 16))
	return head[:min(int64(len(head)), n.size)]
}

// Header is the entry's tar header; what is removed is a whiteout of the OCI image
// spec (layer.md).
func (e Entry) Header() *tar.Header {
	if e.Removed {
		dir, name := path.Split(e.Path)
		return &tar.Header{Typeflag: tar.TypeReg, Name: dir + ".wh." + name, ModTime: epoch}
	}
	n := e.node
	h := &tar.Header{
		Typeflag: n.kind, Name: e.Path, Linkname: n.target, Mode: n.mode, Uid: n.uid, Gid: n.gid,
		Size: e.Size(), ModTime: epoch,
	}
	if n.kind == tar.TypeDir {
		h.Name += "/"
	}
	return h
}
