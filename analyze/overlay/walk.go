package overlay

import (
	"strings"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// maxHops is how many symbolic links one path may lead through, as on Linux.
const maxHops = 40

// maxSteps bounds how many directories all look-ups of one image may pass behind a
// symbolic link. Real images need some thousands; links made to lead in circles,
// tens of thousands for each name.
const maxSteps = 8 << 20

// walk follows a clean path through the merged tree as a process in a container
// would, through symbolic links too, but never out of the root.
func (b *Builder) walk(path string) (model.NodeID, bool) {
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
			return 0, false
		}
		switch r := &b.tree.Records[b.tree.Content(b.live[n])]; r.Kind {
		case model.Directory, model.Implied:
			at = n
		case model.Symlink:
			if hops++; hops > maxHops {
				return 0, false
			}
			target := b.tree.LinkText(r)
			b.cost.take(0, int64(len(target)))
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
			return 0, false
		}
	}
	return at, true
}

// find returns the visible node at a path, following links in its directories but
// not at its end.
func (b *Builder) find(path string) (model.NodeID, bool) {
	dir, base := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, base = path[:i], path[i+1:]
	}
	at, ok := b.walk(dir)
	if !ok || base == "" {
		return 0, false
	}
	n, ok := b.paths.find(at, []byte(base))
	return n, ok && b.live[n] != noRecord
}

// literal returns the node of a path as it is spelled, whatever is visible.
func (b *Builder) literal(path string) model.NodeID {
	at := model.Root
	for part := range strings.SplitSeq(path, "/") {
		at = b.child(at, []byte(part))
	}
	return at
}
