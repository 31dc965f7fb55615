package imagetest

import (
	"archive/tar"
	"fmt"
	"path"
	"strings"
)

// Inode is what a path of a merged filesystem is. Two names of one file share it.
type Inode struct {
	Type        byte // as in a tar header; directories are tar.TypeDir
	Size        int64
	Target      string // of a symbolic link
	Mode        int64  // the twelve permission bits
	UID, GID    int
	Unnamed     bool // a directory that the newest layer with paths in it does not name: its mode and owner are the engine's
	Layer, Item int  // of the entry that brought it
}

// Refusal is why engines do not unpack an image.
type Refusal struct {
	Reason string
	Docker bool // containerd unpacks it
}

func (r *Refusal) Error() string { return r.Reason }

func refuse(format string, args ...any) error { return &Refusal{Reason: fmt.Sprintf(format, args...)} }

// Merge gives the filesystem that overlay engines show of layers, by path. It is
// written as the engines are, one directory a layer and then the kernel's rules
// for laying one over the other, and as plainly as possible: it is what tests
// hold tare's overlay against, and is itself held against real engines. An image
// that engines refuse is a *Refusal.
func Merge(layers ...[]File) (map[string]*Inode, error) {
	var root *dirNode
	var refused error
	for i, files := range layers {
		layer := &unpacking{layer: i, root: newDir(nil, i)}
		for item, f := range files {
			if err := layer.add(item, f); err != nil {
				return nil, err
			}
		}
		if err := layer.setTimes(files); err != nil {
			return nil, err
		}
		if layer.docker != "" {
			refused = &Refusal{Reason: layer.docker, Docker: true}
		}
		layer.root.opaque = false // the kernel ignores it on the root
		root = merge(root, layer.root)
	}
	out := make(map[string]*Inode)
	root.list("", out)
	return out, refused
}

// dirNode is a name in a directory: what is there, and for a directory its
// children.
type dirNode struct {
	*Inode
	parent   *dirNode
	children map[string]*dirNode
	opaque   bool
	whiteout bool
}

func newDir(parent *dirNode, layer int) *dirNode {
	n := &dirNode{Inode: &Inode{Type: tar.TypeDir, Unnamed: true, Layer: layer, Item: -1}, parent: parent, children: map[string]*dirNode{}}
	if parent == nil {
		n.parent = n
	}
	return n
}

func (n *dirNode) isDir() bool { return n.children != nil }

func (n *dirNode) list(at string, out map[string]*Inode) {
	for name, c := range n.children {
		p := path.Join(at, name)
		out[p] = c.Inode
		c.list(p, out)
	}
}

// merge lays upper over lower, which may be nil.
func merge(lower, upper *dirNode) *dirNode {
	out := &dirNode{Inode: upper.Inode, children: map[string]*dirNode{}}
	if lower != nil && !upper.opaque {
		for name, c := range lower.children {
			if upper.children[name] == nil {
				out.children[name] = c
			}
		}
	}
	for name, c := range upper.children {
		switch {
		case c.whiteout:
		case !c.isDir():
			out.children[name] = c
		default:
			var below *dirNode
			if lower != nil && !upper.opaque && lower.children[name] != nil && lower.children[name].isDir() {
				below = lower.children[name]
			}
			out.children[name] = merge(below, c)
		}
	}
	return out
}

// unpacking is one layer as it is extracted into a directory of its own.
type unpacking struct {
	layer  int
	root   *dirNode
	docker string // why Docker and Podman refuse what containerd takes
}

func (u *unpacking) add(item int, f File) error {
	h := f.header()
	name := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
	if name == "" {
		if h.Typeflag != tar.TypeDir {
			return refuse("%q stands for the root", f.Path)
		}
		return nil
	}
	dir, base := path.Split(name)
	parent, err := u.walk(dir, true)
	if err != nil {
		return err
	}
	old := parent.children[base]
	if rest, ok := strings.CutPrefix(base, ".wh."); ok {
		switch {
		case base == ".wh..wh..opq":
			parent.opaque = true
			return nil
		case rest == "":
			return refuse("a whiteout of no name")
		case parent.children[rest] != nil:
			return refuse("a whiteout beside %q, which the layer has", rest)
		}
		parent.children[rest] = &dirNode{whiteout: true}
		return nil
	}
	n := &dirNode{parent: parent, Inode: &Inode{
		Type: h.Typeflag, Size: h.Size, Mode: h.Mode, UID: h.Uid, GID: h.Gid, Layer: u.layer, Item: item,
	}}
	switch h.Typeflag {
	case tar.TypeDir:
		n.children = map[string]*dirNode{}
		if old != nil && old.isDir() {
			old.Inode = n.Inode
			return nil
		}
	case tar.TypeLink:
		delete(parent.children, base)
		target, err := u.target(h.Linkname)
		if err != nil {
			return err
		}
		// An engine makes the link, and then sets owner and mode as for all entries.
		n.Inode = target.Inode
		n.UID, n.GID = h.Uid, h.Gid
		if n.Type != tar.TypeSymlink {
			n.Mode = h.Mode
		}
	case tar.TypeSymlink:
		n.Target = h.Linkname
	case tar.TypeChar:
		n.whiteout = h.Devmajor == 0 && h.Devminor == 0
	}
	parent.children[base] = n
	return nil
}

// setTimes is what engines do last: they set the time of each directory that
// the layer names, by its path, and give up where that leads nowhere by then.
func (u *unpacking) setTimes(files []File) error {
	for _, f := range files {
		if f.header().Typeflag != tar.TypeDir {
			continue
		}
		if !u.leads(path.Clean("/"+f.Path), 0) {
			return refuse("%q, which the layer itself has taken away again", f.Path)
		}
	}
	return nil
}

// leads reports whether a path leads to something, through links.
func (u *unpacking) leads(p string, hops int) bool {
	at := u.root
	parts := strings.Split(p, "/")
	for i, part := range parts {
		switch part {
		case "", ".":
			continue
		case "..":
			at = at.parent
			continue
		}
		n := at.children[part]
		rest := strings.Join(parts[i+1:], "/")
		switch {
		case n == nil:
			return false
		case n.isDir():
			at = n
		case !n.whiteout && n.Type == tar.TypeSymlink:
			if hops == 40 {
				return false
			}
			base := at.path()
			if strings.HasPrefix(n.Target, "/") {
				base = ""
			}
			return u.leads(base+"/"+n.Target+"/"+rest, hops+1)
		default:
			return rest == ""
		}
	}
	return true
}

// path is where a directory stands in its layer.
func (n *dirNode) path() string {
	if n.parent == n {
		return ""
	}
	for name, c := range n.parent.children {
		if c == n {
			return n.parent.path() + "/" + name
		}
	}
	return "/removed"
}

// target is what a hard link links to: never through the link at its end.
func (u *unpacking) target(linkname string) (*dirNode, error) {
	dir, base := path.Split(strings.TrimPrefix(path.Clean("/"+linkname), "/"))
	parent, err := u.walk(dir, false)
	if err != nil {
		return nil, err
	}
	n := parent.children[base]
	if n == nil || n.isDir() || n.whiteout {
		return nil, refuse("a hard link to %q, which the layer does not have", linkname)
	}
	return n, nil
}

// walk goes to a directory of the layer, through the layer's own links.
func (u *unpacking) walk(dir string, create bool) (*dirNode, error) {
	at := u.root
	parts := strings.Split(dir, "/")
	after := -1 // how many parts follow the link that the path is being led through
	for hops := 0; len(parts) > 0; {
		part := parts[0]
		parts = parts[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			at = at.parent
			continue
		}
		n := at.children[part]
		switch {
		case n == nil && !create:
			return nil, refuse("a hard link into %q, which the layer does not have", dir)
		case n == nil:
			if after >= 0 && len(parts) >= after {
				u.docker = fmt.Sprintf("a path through a link to %q, which is not in the layer", part)
			}
			n = newDir(at, u.layer)
			at.children[part] = n
			at = n
		case n.isDir():
			at = n
		case n.whiteout || n.Type != tar.TypeSymlink:
			return nil, refuse("a path through %q, which is not a directory", part)
		default:
			if hops++; hops > 40 {
				return nil, refuse("a loop of links")
			}
			if strings.HasPrefix(n.Target, "/") {
				at = u.root
			}
			if after < 0 || len(parts) < after {
				after = len(parts)
			}
			parts = append(strings.Split(n.Target, "/"), parts...)
		}
	}
	return at, nil
}
