package pattern

import "strings"

// A trie is a node of the tree over the names of paths that the patterns make.
// Patterns that share a beginning share its nodes, so fifty owners cost a path no
// more than one.
type trie struct {
	names  map[string]*trie
	ends   map[byte][]globEdge // those of kind byEnds, by the last byte of their end: most names need no comparison
	globs  []globEdge          // those of the other kinds
	owners marks
}

// marks are the owners of the patterns that end at a node.
type marks struct {
	file, notFile   Set // a file of this very path
	below, notBelow Set // everything in the directory of this path
}

// step follows one name of a path and calls to with every node that it leads to.
func (p *trie) step(name []byte, to func(*trie)) {
	if next := p.names[string(name)]; next != nil {
		to(next)
	}
	if len(p.ends) > 0 && len(name) > 0 {
		follow(p.ends[name[len(name)-1]], name, to)
	}
	follow(p.globs, name, to)
}

// follow calls to with the target of each glob that a name matches.
func follow(globs []globEdge, name []byte, to func(*trie)) {
	for i := range globs {
		if g := &globs[i]; g.matches(name) {
			to(g.at)
		}
	}
}

// child returns the node that a name of a pattern leads to, and makes it if there
// is none.
func (p *trie) child(name string) *trie {
	if !strings.ContainsAny(name, `*?[#\`) {
		if p.names == nil {
			p.names = make(map[string]*trie)
		}
		if p.names[name] == nil {
			p.names[name] = &trie{}
		}
		return p.names[name]
	}
	g := globOf(name)
	list := p.globs
	if g.kind == byEnds {
		list = p.ends[g.end[len(g.end)-1]]
	}
	for i := range list {
		if l := &list[i]; l.kind == g.kind && l.text == g.text && l.middle == g.middle && l.end == g.end {
			return l.at
		}
	}
	g.at = &trie{}
	if g.kind != byEnds {
		p.globs = append(p.globs, g)
		return g.at
	}
	if p.ends == nil {
		p.ends = make(map[byte][]globEdge)
	}
	p.ends[g.end[len(g.end)-1]] = append(list, g)
	return g.at
}

// leaf reports whether no pattern goes on below the node.
func (p *trie) leaf() bool { return len(p.names) == 0 && len(p.globs) == 0 && len(p.ends) == 0 }
