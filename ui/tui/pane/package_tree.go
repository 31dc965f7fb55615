package pane

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
)

// packageNode is a row of the tree of why: a package, or several under one
// title.
type packageNode struct {
	index    int32 // in the report's packages; -1 for a title
	parent   int32 // -1 at the top
	title    packageTitle
	count    int   // packages, itself and all below
	bytes    int64 // of those
	wasted   int64 // of those, in packages that a finding holds as waste
	children []int32
}

// packageTitle is what a row without a package of its own stands for.
type packageTitle uint8

const (
	noTitle       packageTitle = iota
	recommends                 // what the package above recommends, with all that needs
	dependencies               // of packages that nobody names
	weak                       // recommended or suggested by packages that nobody names
	orphans                    // nothing needs them any more
	essentials                 // no system goes without
	unknownReason              // the package manager does not say
	fromBase                   // all that the base image brings
	packageTitles              // how many there are
)

// packageTree has every package once: below the one that brought it, or else
// under a title that says as much as is known.
type packageTree struct {
	report *model.Report
	nodes  []packageNode // the first ones are the report's packages, in their order
	top    []int32
}

func buildPackageTree(r *model.Report, wasted func(index int) bool) *packageTree {
	t := &packageTree{report: r, nodes: make([]packageNode, len(r.Packages))}
	t.link()
	t.cut()
	t.group()
	t.total(wasted)
	return t
}

// link finds out who brought each package.
func (t *packageTree) link() {
	type key struct{ manager, name string }
	byName := make(map[key][]int32, len(t.nodes))
	for i := range t.report.Packages {
		p := &t.report.Packages[i]
		k := key{p.Manager, p.Name}
		if len(byName[k]) < 8 { // architectures
			byName[k] = append(byName[k], int32(i))
		}
	}
	base := t.report.Image.Base.Layers
	find := func(p *model.Package, name string) int32 {
		found := int32(-1)
		for _, at := range byName[key{p.Manager, name}] {
			other := &t.report.Packages[at]
			if other.Layer >= base && (found < 0 || other.Arch == p.Arch) {
				found = at
			}
		}
		return found
	}
	for i := range t.report.Packages {
		p, n := &t.report.Packages[i], &t.nodes[i]
		n.index, n.parent = int32(i), -1
		switch {
		case p.Layer < base || p.Reason == reasonManual:
		case p.NeededBy != "":
			n.parent = find(p, p.NeededBy)
		case p.Via != "":
			n.parent = find(p, p.Via)
		default:
			for _, name := range p.RecommendedBy {
				if n.parent = find(p, name); n.parent >= 0 {
					n.title = recommends // below a title of its own, for now
					break
				}
			}
		}
	}
}

// cut opens circles, which only a made-up report has.
func (t *packageTree) cut() {
	const unseen, walking, done = 0, 1, 2
	state := make([]uint8, len(t.nodes))
	var path []int32
	for i := range t.nodes {
		path = path[:0]
		at := int32(i)
		for at >= 0 && state[at] == unseen {
			state[at] = walking
			path = append(path, at)
			at = t.nodes[at].parent
		}
		if at >= 0 && state[at] == walking {
			t.nodes[at].parent, t.nodes[at].title = -1, noTitle
		}
		for _, seen := range path {
			state[seen] = done
		}
	}
}

// group puts each package below its parent or a title.
func (t *packageTree) group() {
	var titles [packageTitles]int32
	recommending := make(map[int32]int32) // package → its title
	add := func(parent int32, title packageTitle) int32 {
		t.nodes = append(t.nodes, packageNode{index: -1, parent: parent, title: title})
		at := int32(len(t.nodes) - 1)
		if parent < 0 {
			t.top = append(t.top, at)
		} else {
			t.nodes[parent].children = append(t.nodes[parent].children, at)
		}
		return at
	}
	for i := range t.report.Packages {
		n := &t.nodes[i]
		parent, brought := n.parent, n.title == recommends
		n.title = noTitle
		switch title := t.titleOf(i); {
		case parent >= 0 && brought:
			if recommending[parent] == 0 {
				recommending[parent] = add(parent, recommends)
			}
			parent = recommending[parent]
		case parent < 0 && title == noTitle:
			t.top = append(t.top, int32(i))
			continue
		case parent < 0:
			if titles[title] == 0 {
				titles[title] = add(-1, title)
			}
			parent = titles[title]
		}
		t.nodes[i].parent = parent
		t.nodes[parent].children = append(t.nodes[parent].children, int32(i))
	}
}

const reasonManual = "manual"

// titleOf is where a package goes that no other is known to have brought.
func (t *packageTree) titleOf(i int) packageTitle {
	p := &t.report.Packages[i]
	if p.Layer < t.report.Image.Base.Layers {
		return fromBase
	}
	switch p.Reason {
	case reasonManual:
		return noTitle
	case "dependency":
		return dependencies
	case "recommended", "suggested":
		return weak
	case "orphan":
		return orphans
	case "essential":
		return essentials
	}
	return unknownReason
}

// total adds up what is below each node, and puts the heaviest first: what
// somebody asked for before what there is besides, the base at the end.
func (t *packageTree) total(wasted func(index int) bool) {
	order := make([]int32, 0, len(t.nodes)) // parents before children
	order = append(order, t.top...)
	for next := 0; next < len(order); next++ {
		order = append(order, t.nodes[order[next]].children...)
	}
	for _, at := range slices.Backward(order) {
		n := &t.nodes[at]
		if n.index >= 0 {
			n.count++
			n.bytes += t.report.Packages[n.index].Bytes
			if wasted(int(n.index)) {
				n.wasted += t.report.Packages[n.index].Bytes
			}
		}
		if n.parent >= 0 {
			above := &t.nodes[n.parent]
			above.count, above.bytes, above.wasted = above.count+n.count, above.bytes+n.bytes, above.wasted+n.wasted
		}
		slices.SortFunc(n.children, t.compare)
	}
	slices.SortFunc(t.top, t.compare)
}

func (t *packageTree) compare(a, b int32) int {
	x, y := &t.nodes[a], &t.nodes[b]
	last := func(n *packageNode) int {
		switch {
		case n.parent >= 0 || n.title == noTitle:
			return 0
		case n.title == fromBase:
			return 2
		}
		return 1
	}
	return cmp.Or(cmp.Compare(last(x), last(y)), cmp.Compare(y.bytes, x.bytes), cmp.Compare(a, b))
}

// own is what a node's package weighs by itself.
func (t *packageTree) own(n *packageNode) int64 {
	if n.index < 0 {
		return 0
	}
	return t.report.Packages[n.index].Bytes
}
