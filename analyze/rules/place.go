package rules

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// ruleSet is a set of rules: bit i is Catalogue[i].
type ruleSet uint64

// A place is a step of the patterns that share a beginning: a tree over the
// names of paths. Fifty rules then cost a path no more than one.
type place struct {
	names map[string]*place
	ends  map[byte][]globPlace // of the kinds with an end, by its last byte: most names need not be compared
	globs []globPlace          // of the others
	rules marks
}

// marks are the rules that claim what is found at a place.
type marks struct {
	file, notFile   ruleSet // a file of this very path
	below, notBelow ruleSet // everything in the directory of this path
}

// step follows one name from a place, into every place that it leads to.
func (p *place) step(name []byte, to func(*place)) {
	if next := p.names[string(name)]; next != nil {
		to(next)
	}
	if len(p.ends) > 0 && len(name) > 0 {
		follow(p.ends[name[len(name)-1]], name, to)
	}
	follow(p.globs, name, to)
}

func follow(globs []globPlace, name []byte, to func(*place)) {
	for i := range globs {
		if g := &globs[i]; g.matches(name) {
			to(g.at)
		}
	}
}

// child returns the place that a name of a pattern leads to, made if need be.
func (p *place) child(name string) *place {
	if !strings.ContainsAny(name, `*?[#\`) {
		if p.names == nil {
			p.names = make(map[string]*place)
		}
		if p.names[name] == nil {
			p.names[name] = &place{}
		}
		return p.names[name]
	}
	g := globOf(name)
	list := p.globs
	if g.kind == byEnds {
		list = p.ends[g.end[len(g.end)-1]]
	}
	for i := range list {
		if l := &list[i]; l.kind == g.kind && l.text == g.text && l.end == g.end {
			return l.at
		}
	}
	g.at = &place{}
	if g.kind != byEnds {
		p.globs = append(p.globs, g)
		return g.at
	}
	if p.ends == nil {
		p.ends = make(map[byte][]globPlace)
	}
	p.ends[g.end[len(g.end)-1]] = append(list, g)
	return g.at
}

func (p *place) leaf() bool { return len(p.names) == 0 && len(p.globs) == 0 && len(p.ends) == 0 }

// places finds for each path of one image the rules whose patterns it matches.
type places struct {
	top  *place // patterns that begin at the root
	any  *place // patterns that begin anywhere
	all  []folder
	of   []uint32 // by node: its directory in all, plus one
	tree *model.Tree
}

// directory is what holds inside of one or many directories of the image.
type folder struct {
	active      []*place // patterns half way through
	claims, not ruleSet
}

// newPlaces makes an index without patterns; tree may be nil where only match is
// asked.
func newPlaces(t *model.Tree) *places {
	p := &places{top: &place{}, any: &place{}, tree: t}
	p.all = []folder{{active: []*place{p.top}}, {}}
	if t != nil {
		p.of = make([]uint32, len(t.Nodes))
		p.of[model.Root] = 1
	}
	return p
}

// nowhere is the directory in which no pattern is half way and no rule claims all.
const nowhere = 1

// add enters a pattern without ~ and $ for a rule. A pattern is names separated
// by slashes, from the root; a name may hold *, ? and [ ] as in path.Match, or
// end in # for digits. A last name ** is everything below, a first one means
// anywhere, and a ! in front takes paths out again.
func (p *places) add(pattern string, rule int) {
	bit := ruleSet(1) << rule
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
		at.rules.notBelow |= bit
	case below:
		at.rules.below |= bit
	case negated:
		at.rules.notFile |= bit
	default:
		at.rules.file |= bit
	}
}

// enter is the directory of a name inside another.
func (p *places) enter(in folder, name []byte) folder {
	out := folder{claims: in.claims, not: in.not}
	to := func(next *place) {
		out.claims |= next.rules.below
		out.not |= next.rules.notBelow
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

// claims are the rules that want a file inside a directory.
func (p *places) claims(in folder, name []byte) ruleSet {
	claims, not := in.claims, in.not
	to := func(next *place) {
		claims |= next.rules.file
		not |= next.rules.notFile
	}
	for _, at := range in.active {
		at.step(name, to)
	}
	p.any.step(name, to)
	return claims &^ not
}

// folderOf returns the index in all of the directory at a node.
func (p *places) folderOf(n model.NodeID) uint32 {
	if at := p.of[n]; at > 0 {
		return at - 1
	}
	parent := p.folderOf(p.tree.Nodes[n].Parent)
	in := p.all[parent]
	next := p.enter(in, p.tree.NameBytes(n))
	at := uint32(len(p.all))
	switch {
	case len(next.active) > 0 || next.claims != in.claims || next.not != in.not:
		p.all = append(p.all, next)
	case len(in.active) == 0:
		at = parent
	case next.claims|next.not == 0:
		at = nowhere
	default:
		p.all = append(p.all, next)
	}
	p.of[n] = at + 1
	return at
}

// node returns the rules that want the file at a node of the tree.
func (p *places) node(n model.NodeID) ruleSet {
	if n == model.Root {
		return 0
	}
	return p.claims(p.all[p.folderOf(p.tree.Nodes[n].Parent)], p.tree.NameBytes(n))
}

// match returns the rules that want the file at a path without leading slash.
func (p *places) match(name string) ruleSet {
	in := p.all[0]
	names := strings.Split(name, "/")
	for _, part := range names[:len(names)-1] {
		in = p.enter(in, []byte(part))
	}
	return p.claims(in, []byte(names[len(names)-1]))
}
