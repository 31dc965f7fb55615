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

// route is the way along a path, of which a symbolic link may change what is left.
type route struct {
	rest        string // still to go
	hops, depth int    // links passed; directories below the root
}

// leg is what comes next on a route.
type leg int

const (
	down   leg = iota // the directory or the link of a name
	up                // the parent
	end               // nothing: this is where the path leads
	noRoad            // nothing: the path is too deep, or the image's look-ups cost too much
)

// next returns what comes next on a route, and for down the name.
func (r *route) next(b *Builder) (leg, string) {
	for r.rest != "" {
		if r.hops > 0 {
			b.steps++
		}
		if b.steps > maxSteps {
			return noRoad, ""
		}
		var part string
		part, r.rest, _ = strings.Cut(r.rest, "/")
		switch part {
		case "", ".":
			continue
		case "..":
			r.depth = max(r.depth-1, 0)
			return up, ""
		}
		if r.depth++; r.depth > scan.MaxDepth {
			return noRoad, ""
		}
		return down, part
	}
	return end, ""
}

// follow goes on where the symbolic link leads to which the last leg went. It reports
// false if the link leads nowhere; absolute, whether it starts at the root.
func (r *route) follow(b *Builder, target string) (absolute, ok bool) {
	if r.hops++; r.hops > maxHops {
		return false, false
	}
	b.cost.take(0, int64(len(target)))
	r.depth--
	if absolute = strings.HasPrefix(target, "/"); absolute {
		r.depth = 0
	}
	if r.rest != "" {
		target += "/" + r.rest
	}
	r.rest = target
	return absolute, len(target) <= scan.MaxNameBytes
}

// walk follows a clean path through the merged tree as a process in a container
// would, through symbolic links too, but never out of the root.
func (b *Builder) walk(path string) (model.NodeID, bool) {
	at := model.Root
	r := route{rest: path}
	for {
		leg, part := r.next(b)
		switch leg {
		case end:
			return at, true
		case noRoad:
			return 0, false
		case up:
			at = b.tree.Nodes[at].Parent
			continue
		}
		n, ok := b.paths.find(at, []byte(part))
		if !ok || b.live[n] == noRecord {
			return 0, false
		}
		switch record := &b.tree.Records[b.tree.Content(b.live[n])]; record.Kind {
		case model.Directory, model.Implied:
			at = n
		case model.Symlink:
			absolute, ok := r.follow(b, b.tree.LinkText(record))
			if !ok {
				return 0, false
			}
			if absolute {
				at = model.Root
			}
		default:
			return 0, false
		}
	}
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
