package replay

import (
	"archive/tar"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// node is a file, directory or link. A node does not change: whoever changes a file
// stores another node, so that two trees differ where their nodes do.
type node struct {
	kind     byte // tar.TypeReg, tar.TypeDir, tar.TypeSymlink
	mode     int64
	uid, gid int
	target   string // of a symbolic link
	size     int64
	seed     string // what the content depends on, unless body is set
	head     []byte // what filler begins with
	body     []byte // the content, where it matters; nil is filler
}

// tree is a file system. Paths in its methods are absolute or without leading
// slash; symbolic links are followed in directories.
type tree struct {
	nodes map[string]*node // by path without leading slash
	ever  map[string]bool  // the paths that have been there in any layer; clones share it
}

func newTree() *tree { return &tree{nodes: map[string]*node{}, ever: map[string]bool{}} }

func (t *tree) clone() *tree { return &tree{nodes: maps.Clone(t.nodes), ever: t.ever} }

var errLoop = errors.New("too many symbolic links")

// resolve returns the path without links in its directories and, with last, without
// one at its end.
func (t *tree) resolve(p string, last bool) (string, error) {
	todo := strings.Split(strings.Trim(path.Clean("/"+p), "/"), "/")
	at := ""
	for links := 0; len(todo) > 0; {
		next := path.Join(at, todo[0])
		todo = todo[1:]
		n := t.nodes[next]
		if n == nil || n.kind != tar.TypeSymlink || (len(todo) == 0 && !last) {
			at = next
			continue
		}
		if links++; links > 40 {
			return "", errLoop
		}
		to := n.target
		if !path.IsAbs(to) {
			to = path.Join("/", path.Dir(next), to)
		}
		todo = append(strings.Split(strings.Trim(path.Clean(to), "/"), "/"), todo...)
		at = ""
	}
	return strings.Trim(at, "/"), nil
}

// get returns the node at a path and the path without links; nil where there is
// none.
func (t *tree) get(p string, last bool) (string, *node) {
	at, err := t.resolve(p, last)
	if err != nil {
		return "", nil
	}
	if at == "" {
		return "", &node{kind: tar.TypeDir, mode: 0o755}
	}
	return at, t.nodes[at]
}

// exists reports whether there is something at the path, following links.
func (t *tree) exists(p string) bool {
	_, n := t.get(p, true)
	return n != nil
}

// isDir reports whether the path leads to a directory.
func (t *tree) isDir(p string) bool {
	_, n := t.get(p, true)
	return n != nil && n.kind == tar.TypeDir
}

// put stores a node, with the directories above it.
func (t *tree) put(p string, n *node) {
	at, err := t.resolve(p, n.kind == tar.TypeReg)
	if err != nil || at == "" {
		return
	}
	if dir := path.Dir(at); dir != "." {
		t.mkdir(dir, n.uid, n.gid)
	}
	t.nodes[at], t.ever[at] = n, true
}

// gone reports whether a path is missing that has been there.
func (t *tree) gone(p string) bool {
	at, err := t.resolve(p, true)
	return err == nil && t.ever[at] && t.nodes[at] == nil
}

// mkdir makes a directory and those above it, where they are missing.
func (t *tree) mkdir(p string, uid, gid int) {
	at, err := t.resolve(p, true)
	if err != nil || at == "" {
		return
	}
	if n := t.nodes[at]; n != nil && n.kind == tar.TypeDir {
		return
	}
	if dir := path.Dir(at); dir != "." {
		t.mkdir(dir, uid, gid)
	}
	t.nodes[at], t.ever[at] = &node{kind: tar.TypeDir, mode: 0o755, uid: uid, gid: gid}, true
}

// under lists the paths below a directory, in order, without the directory.
func (t *tree) under(dir string) []string {
	dir = strings.Trim(dir, "/")
	var found []string
	for p := range t.nodes {
		if dir == "" || strings.HasPrefix(p, dir+"/") {
			found = append(found, p)
		}
	}
	slices.Sort(found)
	return found
}

// children lists the names in a directory, in order.
func (t *tree) children(dir string) []string {
	at, _ := t.resolve(dir, true)
	seen := map[string]bool{}
	for p := range t.nodes {
		if at != "" {
			if !strings.HasPrefix(p, at+"/") {
				continue
			}
			p = p[len(at)+1:]
		}
		name, _, _ := strings.Cut(p, "/")
		seen[name] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// remove takes a path away, with all below it.
func (t *tree) remove(p string) {
	at, err := t.resolve(p, false)
	if err != nil || at == "" {
		return
	}
	for _, below := range t.under(at) {
		delete(t.nodes, below)
	}
	delete(t.nodes, at)
}

// change replaces the node at a path by what edit makes of its copy.
func (t *tree) change(p string, edit func(n *node)) {
	if n := t.nodes[p]; n != nil {
		c := *n
		edit(&c)
		t.nodes[p] = &c
	}
}

// info is a node as the shell sees it.
type info struct {
	name string
	n    *node
}

func (i info) Name() string               { return i.name }
func (i info) Size() int64                { return i.n.size }
func (i info) IsDir() bool                { return i.n.kind == tar.TypeDir }
func (i info) Type() fs.FileMode          { return i.Mode().Type() }
func (i info) Info() (fs.FileInfo, error) { return i, nil }
func (i info) ModTime() time.Time         { return epoch }
func (i info) Sys() any                   { return nil }
func (i info) Mode() fs.FileMode {
	mode := fs.FileMode(i.n.mode & 0o777)
	switch i.n.kind {
	case tar.TypeDir:
		mode |= fs.ModeDir
	case tar.TypeSymlink:
		mode |= fs.ModeSymlink
	}
	return mode
}
