package overlay

import (
	"strings"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// maxHops is how many symbolic links one path may lead through, as on Linux.
const maxHops = 40

// maxSteps bounds how many folders all look-ups of one image may pass behind a
// symbolic link. Real images need some thousands; links made to lead in circles,
// tens of thousands for each name.
const maxSteps = 8 << 20

// dirCache remembers which node each folder of the current layer is. A folder
// reached through a symbolic link, or one that became something else, may lead
// elsewhere later in the same layer; then epoch moves on and nothing is known.
type dirCache struct {
	nodes []model.NodeID
	known []uint32 // epoch in which nodes[i] was found
	epoch uint32
}

// dir returns the node of a folder that an entry lies in, and makes it a folder
// where it is none. It reports false when no path leads there.
func (b *Builder) dir(x *scan.Index, i uint32) (model.NodeID, bool) {
	if b.cache.known[i] == b.cache.epoch {
		n := b.cache.nodes[i]
		return n, n != model.NoNode
	}
	n, ok := b.walk(x.Dirs[i], true)
	if !ok {
		n = model.NoNode
	}
	b.cache.nodes[i], b.cache.known[i] = n, b.cache.epoch
	return n, ok
}

// walk follows a clean path through the merged tree, through symbolic links too,
// but never out of the root: engines unpack `bin/x` into usr/bin where bin is a
// link to it. With create it makes the folders that are missing, and puts
// folders in place of files that stand in the way.
func (b *Builder) walk(path string, create bool) (model.NodeID, bool) {
	at := model.Root
	hops, depth := 0, 0
	rest := path
	for rest != "" {
		if hops > 0 {
			b.steps++
		}
		if b.steps > maxSteps {
			return 0, false
		}
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		switch part {
		case "", ".":
			continue
		case "..":
			at = b.tree.Nodes[at].Parent
			depth = max(depth-1, 0)
			continue
		}
		if depth++; depth > scan.MaxDepth {
			return 0, false
		}
		n, ok := b.paths.find(at, []byte(part))
		if !ok || b.live[n] == noRecord {
			if !create {
				return 0, false
			}
			n = b.child(at, []byte(part))
			b.imply(n)
			at = n
			continue
		}
		switch r := &b.tree.Records[b.tree.Content(b.live[n])]; r.Kind {
		case model.Directory, model.Implied:
			at = n
		case model.Symlink:
			if hops++; hops > maxHops {
				return 0, false
			}
			target := b.tree.LinkText(r)
			depth--
			if strings.HasPrefix(target, "/") {
				at, depth = model.Root, 0
			}
			if rest != "" {
				target += "/" + rest
			}
			if len(target) > scan.MaxNameBytes {
				return 0, false
			}
			rest = target
		default:
			if !create {
				return 0, false
			}
			b.imply(n)
			at = n
		}
	}
	return at, true
}

// find returns the visible node at a path, following links in its folders but
// not at its end.
func (b *Builder) find(path string) (model.NodeID, bool) {
	dir, base := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, base = path[:i], path[i+1:]
	}
	at, ok := b.walk(dir, false)
	if !ok || base == "" {
		return 0, false
	}
	n, ok := b.paths.find(at, []byte(base))
	return n, ok && b.live[n] != noRecord
}

// imply puts a folder at n that no layer names.
func (b *Builder) imply(n model.NodeID) {
	b.implied++
	b.place(n, model.Record{Kind: model.Implied, Ref: model.NoRef, Owner: b.tree.Intern(model.Attributes{UID: -1, GID: -1})}, content{})
}

// literal returns the node of a path as it is spelled, whatever is visible.
func (b *Builder) literal(path string) model.NodeID {
	at := model.Root
	for part := range strings.SplitSeq(path, "/") {
		at = b.child(at, []byte(part))
	}
	return at
}
