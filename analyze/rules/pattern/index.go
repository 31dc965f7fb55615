// Package pattern matches paths against patterns, for millions of paths and hundreds of
// patterns at once.
//
//	index := pattern.New(tree)
//	index.Add("**/node_modules/**", 3) // of owner 3
//	owners := index.Match("app/node_modules/a/index.js")
//
// A pattern consists of names separated by slashes, from the root of the image. A name may
// contain *, ? and [ ] as in path.Match, or end in # for digits. A last name of ** means
// everything in a directory, a first name of ** means anywhere, and a leading ! excludes paths
// again. Each pattern has an owner, usually a rule of the catalogue, and a lookup returns the
// set of owners.
//
// A lookup takes one step for each name of the path. What matches in a directory is remembered,
// so that for paths of a tree only the last name has to be looked at.
package pattern

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// Index finds for each path of one image the owners whose patterns it matches.
// It remembers what holds in the directories that it has looked up, so it is not
// safe for concurrent use.
type Index struct {
	top  *trie // of the patterns that begin at the root
	any  *trie // of the patterns that begin anywhere
	all  []directory
	of   []uint32 // by node: its directory in all, plus one
	tree *model.Tree
}

// directory is what holds inside of one or many directories of the image.
type directory struct {
	active      []*trie // patterns half way through
	claims, not Set
}

// New makes an index without patterns. t may be nil where only Match is called.
// All patterns must be added before the first lookup.
func New(t *model.Tree) *Index {
	p := &Index{top: &trie{}, any: &trie{}, tree: t}
	p.all = []directory{{active: []*trie{p.top}}, {}}
	if t != nil {
		p.of = make([]uint32, len(t.Nodes))
		p.of[model.Root] = 1
	}
	return p
}

// nowhere is the index in all of the directory in which no pattern is half way and
// nobody owns everything.
const nowhere = 1

// Add enters a pattern for an owner, a number below MaxOwners. A leading ~ and $NAME must
// have been replaced already.
func (p *Index) Add(pattern string, owner int) {
	bit := Only(owner)
	pattern, negated := strings.CutPrefix(pattern, "!")
	at := p.top
	if rest, ok := strings.CutPrefix(pattern, "**/"); ok {
		at, pattern = p.any, rest
	}
	pattern, below := strings.CutSuffix(pattern, "/**")
	for name := range strings.SplitSeq(pattern, "/") {
		at = at.child(name)
	}
	switch {
	case below && negated:
		at.owners.notBelow = at.owners.notBelow.Or(bit)
	case below:
		at.owners.below = at.owners.below.Or(bit)
	case negated:
		at.owners.notFile = at.owners.notFile.Or(bit)
	default:
		at.owners.file = at.owners.file.Or(bit)
	}
}

// enter returns the directory of a name inside another.
func (p *Index) enter(in directory, name []byte) directory {
	out := directory{claims: in.claims, not: in.not}
	to := func(next *trie) {
		out.claims = out.claims.Or(next.owners.below)
		out.not = out.not.Or(next.owners.notBelow)
		if !next.leaf() {
			out.active = append(out.active, next)
		}
	}
	for _, at := range in.active {
		at.step(name, to)
	}
	p.any.step(name, to)
	return out
}

// claims returns the owners of a file inside a directory.
func (p *Index) claims(in *directory, name []byte) Set {
	claims, not := in.claims, in.not
	to := func(next *trie) {
		claims = claims.Or(next.owners.file)
		not = not.Or(next.owners.notFile)
	}
	for _, at := range in.active {
		at.step(name, to)
	}
	p.any.step(name, to)
	return claims.Without(not)
}

// directoryOf returns the index in all of the directory at a node.
func (p *Index) directoryOf(n model.NodeID) uint32 {
	if at := p.of[n]; at > 0 {
		return at - 1
	}
	parent := p.directoryOf(p.tree.Nodes[n].Parent)
	in := p.all[parent]
	next := p.enter(in, p.tree.NameBytes(n))
	at := uint32(len(p.all))
	switch {
	case len(next.active) > 0 || next.claims != in.claims || next.not != in.not:
		p.all = append(p.all, next)
	case len(in.active) == 0:
		at = parent
	case next.claims.Or(next.not).IsEmpty():
		at = nowhere
	default:
		p.all = append(p.all, next)
	}
	p.of[n] = at + 1
	return at
}

// Node returns the owners of the file at a node of the tree.
func (p *Index) Node(n model.NodeID) Set {
	if n == model.Root {
		return Set{}
	}
	return p.claims(&p.all[p.directoryOf(p.tree.Nodes[n].Parent)], p.tree.NameBytes(n))
}

// Match returns the owners of the file at a path without leading slash.
func (p *Index) Match(name string) Set {
	in := p.all[0]
	names := strings.Split(name, "/")
	for _, part := range names[:len(names)-1] {
		in = p.enter(in, []byte(part))
	}
	return p.claims(&in, []byte(names[len(names)-1]))
}
