package packages

import (
	"path"
	"slices"
	"strings"
)

// MaxPath is how long a path may be that a package owns, in bytes: Linux's
// PATH_MAX. Longer ones cannot be opened.
const MaxPath = 4096

// Bounds of an index: paths and their bytes in all, and bytes of one path. A full
// desktop has some 500,000 paths of 60 bytes.
const (
	maxOwned      = 2_000_000
	maxOwnedBytes = 200 << 20
	lineCost      = 32 // what a path takes beside its own bytes
)

// Owners says which package a path belongs to. It is safe for concurrent use.
type Owners struct {
	at map[string]int32
	// Paths of stores that a package owns with all that is below them, and the
	// directories that hold such paths, each with a slash at the end.
	roots  map[string]int32
	stores []string
}

// Owners indexes what the packages own. Resolve follows the symbolic links in a
// directory's path, as in the merged tree: a list that says /bin/x then owns
// usr/bin/x where /bin is a link to usr/bin. It may be nil. The index is worth
// some 100 bytes a path, so it is built when asked for and not kept.
//
// Of several packages that list a path the first has it, in the order of
// Packages; directories that hold something belong to nobody.
func (d *Database) Owners(resolve func(dir string) string) *Owners {
	o := &Owners{at: make(map[string]int32), roots: make(map[string]int32)}
	left := maxOwnedBytes
	r := resolver{resolve: resolve, known: make(map[string]string)}
	diverted := make(map[string]diversion, len(d.diversions))
	for _, v := range d.diversions {
		diverted[v.from] = v
	}
	for i := range d.Packages {
		p := &d.Packages[i]
		if p.root != "" {
			o.ownRoot(r.path(p.root), int32(i))
		}
		if p.files == nil {
			continue
		}
		own := func(name string) {
			if v, ok := diverted[name]; ok && p.Manager == Dpkg && v.by != p.Name {
				name = v.to
			}
			name = r.path(name)
			if _, taken := o.at[name]; !taken && name != "" {
				o.at[name] = int32(i)
			}
		}
		before := ""
		for name := range p.files {
			if left -= len(name) + lineCost; left < 0 || len(o.at) >= maxOwned {
				return o
			}
			if len(name) > MaxPath {
				continue
			}
			// A list names each directory before what is in it.
			if before != "" && !below(name, before) {
				own(before)
			}
			before = name
		}
		if before != "" {
			own(before)
		}
	}
	return o
}

// ownRoot gives a package a path of a store and all below it.
func (o *Owners) ownRoot(root string, by int32) {
	if _, taken := o.roots[root]; taken || root == "" {
		return
	}
	o.roots[root] = by
	if store, _ := path.Split(root); !slices.Contains(o.stores, store) {
		o.stores = append(o.stores, store)
	}
}

func below(name, dir string) bool {
	return len(name) > len(dir) && name[len(dir)] == '/' && strings.HasPrefix(name, dir)
}

// Of returns the index in Packages of the package that owns a path, or -1.
func (o *Owners) Of(name string) int {
	if i, ok := o.at[name]; ok {
		return int(i)
	}
	for _, store := range o.stores {
		rest, in := strings.CutPrefix(name, store)
		if !in {
			continue
		}
		first, _, _ := strings.Cut(rest, "/")
		if i, ok := o.roots[name[:len(store)+len(first)]]; ok {
			return int(i)
		}
	}
	return -1
}

// tooLong stands for a directory whose path is longer than MaxPath.
const tooLong = "/"

// resolver remembers where directories lead: they come thousands of times each.
type resolver struct {
	resolve func(string) string
	known   map[string]string
}

// path returns "" for a name that leads to a path longer than MaxPath.
func (r resolver) path(name string) string {
	dir, base := path.Split(name)
	if r.resolve == nil || dir == "" {
		return name
	}
	dir = dir[:len(dir)-1]
	real, ok := r.known[dir]
	if !ok {
		if real = clean(r.resolve(dir)); len(real) > MaxPath {
			real = tooLong
		}
		r.known[dir] = real
	}
	switch real {
	case tooLong:
		return ""
	case dir:
		return name
	case "":
		return base
	}
	return real + "/" + base
}
