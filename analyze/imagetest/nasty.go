package imagetest

import (
	"archive/tar"
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
)

// Nasty makes the layers of a random image with everything that engines treat
// in ways of their own: links to directories and back out, absolute and
// relative; paths without entries for their directories; whiteouts of and through
// links; opaque whiteouts anywhere; hard links; names with dots in them; the same
// path twice. There are few names, so that layers collide all the time. All of it
// lies below prefix, "" or a name and a slash, so that many images fit into one.
//
// Some are refused by engines: see Merge. With once set, no layer has a path
// twice, which Docker refuses to load.
func Nasty(r *rand.Rand, prefix string, once bool) [][]File {
	g := nasty{r: r, prefix: prefix, once: once}
	layers := make([][]File, 1+r.IntN(5))
	for i := range layers {
		g.seen = map[string]bool{}
		g.made = nil
		for range r.IntN(9) {
			if f := g.entry(); !g.seen[path.Clean("/"+f.Path)] {
				g.seen[path.Clean("/"+f.Path)] = once
				layers[i] = append(layers[i], f)
			}
		}
	}
	return layers
}

type nasty struct {
	r      *rand.Rand
	prefix string
	once   bool
	seen   map[string]bool
	made   []string // names in this layer, for hard links
}

func (g *nasty) one(of ...string) string { return of[g.r.IntN(len(of))] }

func (g *nasty) name() string {
	return g.one("a", "b", "c", "a/a", "a/b", "a/c", "b/a", "b/b", "a/a/a", "a/a/b", "a/b/a", "c/a", "c/a/b", "b/c")
}

// path is a name below the prefix, one in eight written with dots.
func (g *nasty) path() string {
	p := g.name()
	switch g.r.IntN(24) {
	case 0:
		p = "./" + p
	case 1:
		p = "c/../" + p
	case 2:
		if g.prefix == "" {
			return "../" + p
		}
	}
	return g.prefix + p
}

func (g *nasty) entry() File {
	p := g.path()
	owned := func(f File) File {
		if g.r.IntN(3) == 0 {
			f = f.Chmod([]int64{0o600, 0o4755, 0o1777, 0o750}[g.r.IntN(4)]).Chown(g.r.IntN(3), g.r.IntN(3))
		}
		return f
	}
	switch g.r.IntN(14) {
	case 0, 1:
		return owned(Dir(p))
	case 2:
		return Whiteout(g.prefix + g.name())
	case 3:
		return Opaque(g.prefix + g.one("", "a", "b", "a/a", "a/b", "c"))
	case 4, 5:
		if len(g.made) == 0 {
			return owned(Dir(p))
		}
		return HardLink(p, g.one(g.made...))
	case 6, 7:
		return g.symlink(p)
	case 8:
		// Not 0/0, which is a whiteout; that comes next.
		return owned(File{Path: p, Type: tar.TypeChar, Major: 1, Minor: 3})
	case 9:
		if g.r.IntN(2) == 0 {
			return File{Path: g.prefix + g.name(), Type: tar.TypeChar}
		}
		return owned(File{Path: p, Type: tar.TypeFifo})
	}
	size := []int64{0, 3, 4096, 5000}[g.r.IntN(4)]
	f := owned(Same(p, fmt.Sprint(g.r.IntN(3)), size))
	g.made = append(g.made, path.Clean(f.Path))
	return f
}

func (g *nasty) symlink(p string) File {
	target := g.name()
	switch g.r.IntN(3) {
	case 0:
		target = "/" + g.prefix + target
	case 1:
		target = path.Base(target)
	default:
		up := strings.Count(path.Clean("/"+p), "/") - 1 - strings.Count(g.prefix, "/")
		target = strings.Repeat("../", up) + target
	}
	g.made = append(g.made, path.Clean(p))
	return Symlink(p, target)
}
