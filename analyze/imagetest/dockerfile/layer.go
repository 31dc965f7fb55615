package dockerfile

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// Layer is what one instruction left.
type Layer struct {
	CreatedBy string // the history item
	Empty     bool   // no layer belongs to it
	Entries   []Entry
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

func (n *node) length() int64 {
	if n.body != nil {
		return int64(len(n.body))
	}
	return n.size
}

// content reads the file. Filler starts with its head and a line that depends on the seed, and
// goes on with zeros: no two files are the same and all compress well.
func (n *node) content() io.Reader {
	if n.body != nil {
		return bytes.NewReader(n.body)
	}
	head := fmt.Appendf(slices.Clone(n.head), "%x\n", imagetest.Noise(n.seed, 16))
	if int64(len(head)) > n.size {
		head = head[:n.size]
	}
	return io.MultiReader(bytes.NewReader(head), io.LimitReader(zeros{}, n.size-int64(len(head))))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// header is the entry's tar header.
func (e Entry) header() *tar.Header {
	if e.Removed {
		dir, name := path.Split(e.Path)
		return &tar.Header{Typeflag: tar.TypeReg, Name: dir + ".wh." + name, ModTime: imagetest.Epoch}
	}
	n := e.node
	h := &tar.Header{
		Typeflag: n.kind, Name: e.Path, Linkname: n.target, Mode: n.mode, Uid: n.uid, Gid: n.gid,
		Size: e.Size(), ModTime: imagetest.Epoch,
	}
	if n.kind == tar.TypeDir {
		h.Name += "/"
	}
	return h
}

// writeTar writes the layer's tar.
func (l Layer) writeTar(to io.Writer) error {
	w := tar.NewWriter(to)
	for _, e := range l.Entries {
		if err := w.WriteHeader(e.header()); err != nil {
			return fmt.Errorf("%s: %w", e.Path, err)
		}
		if e.Size() > 0 {
			if _, err := io.Copy(w, e.node.content()); err != nil {
				return fmt.Errorf("%s: %w", e.Path, err)
			}
		}
	}
	return w.Close()
}
