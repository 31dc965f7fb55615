// Package packagetree arranges the packages of an image by why they are installed: each below the
// package that needs or recommends it, or else under a [Title] that says what is known.
//
// A [Tree] has every package of the report once, with the bytes and the waste of all that
// lies below it. Building it takes time in proportion to the packages; circles, which only
// a made-up report has, are opened. A Tree is not changed afterwards and may be read by
// several goroutines. The package knows neither a pane nor a screen.
package packagetree

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
)

// Node is a row of the tree of why: a package, or several under one
// title.
type Node struct {
	Index    int32 // in the report's packages; -1 for a title
	Parent   int32 // -1 at the top
	Title    Title
	Manager  string // of a title InPlace
	Place    string // of a title InPlace
	Count    int    // packages, itself and all below
	Bytes    int64  // of those
	Wasted   int64  // of those, in packages that a finding holds as waste
	Children []int32
}

// Title is what a row without a package of its own stands for.
type Title uint8

const (
	NoTitle       Title = iota
	Recommends          // what the package above recommends, with all that needs
	Dependencies        // of packages that nobody names
	Weak                // recommended or suggested by packages that nobody names
	Orphans             // nothing needs them any more
	Essentials          // no system goes without
	UnknownReason       // the package manager does not say
	FromBase            // all that the base image brings
	InPlace             // what was installed together: one site-packages, one project's node_modules
	Develops            // packages of a place that only development needs
	titles              // how many there are
)

// Tree has every package once: below the one that brought it, or else
// under a title that says as much as is known.
type Tree struct {
	report *model.Report
	Nodes  []Node // the first ones are the report's packages, in their order
	Top    []int32
}

// Build arranges the packages of a report. wasted reports whether a finding holds the package
// at an index as waste.
func Build(r *model.Report, wasted func(index int) bool) *Tree {
	t := &Tree{report: r, Nodes: make([]Node, len(r.Packages))}
	t.link()
	t.cut()
	t.group()
	t.total(wasted)
	return t
}

// link finds out who brought each package.
func (t *Tree) link() {
	type key struct{ manager, name string }
	byName := make(map[key][]int32, len(t.Nodes))
	for i := range t.report.Packages {
		p := &t.report.Packages[i]
		k := key{p.Manager, p.Name}
		if len(byName[k]) < 8 && p.PartOf == "" { // architectures, places
			byName[k] = append(byName[k], int32(i))
		}
	}
	base := t.report.Image.Base.Layers
	find := func(p *model.Package, name string) int32 {
		found := int32(-1)
		for _, at := range byName[key{p.Manager, name}] {
			other := &t.report.Packages[at]
			if other.Layer >= base && other.Place() == p.Place() && (found < 0 || other.Arch == p.Arch) {
				found = at
			}
		}
		return found
	}
	for i := range t.report.Packages {
		p, n := &t.report.Packages[i], &t.Nodes[i]
		n.Index, n.Parent = int32(i), -1
		switch {
		case p.Layer < base || p.Reason == ReasonManual || p.PartOf != "":
		case p.NeededBy != "":
			n.Parent = find(p, p.NeededBy)
		case p.Via != "":
			n.Parent = find(p, p.Via)
		default:
			for _, name := range p.RecommendedBy {
				if n.Parent = find(p, name); n.Parent >= 0 {
					n.Title = Recommends // below a title of its own, for now
					break
				}
			}
		}
	}
}

// cut opens circles, which only a made-up report has.
func (t *Tree) cut() {
	const unseen, walking, done = 0, 1, 2
	state := make([]uint8, len(t.Nodes))
	var path []int32
	for i := range t.Nodes {
		path = path[:0]
		at := int32(i)
		for at >= 0 && state[at] == unseen {
			state[at] = walking
			path = append(path, at)
			at = t.Nodes[at].Parent
		}
		if at >= 0 && state[at] == walking {
			t.Nodes[at].Parent, t.Nodes[at].Title = -1, NoTitle
		}
		for _, seen := range path {
			state[seen] = done
		}
	}
}

// group puts each package below its parent or a title.
func (t *Tree) group() {
	var titles [titles]int32
	recommending := make(map[int32]int32) // package → its title
	add := func(parent int32, title Title) int32 {
		t.Nodes = append(t.Nodes, Node{Index: -1, Parent: parent, Title: title})
		at := int32(len(t.Nodes) - 1)
		if parent < 0 {
			t.Top = append(t.Top, at)
		} else {
			t.Nodes[parent].Children = append(t.Nodes[parent].Children, at)
		}
		return at
	}
	type place struct {
		manager, dir string
		dev          bool
	}
	places := make(map[place]int32)
	inPlace := func(p *model.Package) int32 {
		at := place{p.Manager, p.Place(), false}
		if places[at] == 0 {
			places[at] = add(-1, InPlace)
			t.Nodes[places[at]].Manager, t.Nodes[places[at]].Place = at.manager, at.dir
		}
		if p.Reason != ReasonDev {
			return places[at]
		}
		dev := place{at.manager, at.dir, true}
		if places[dev] == 0 {
			places[dev] = add(places[at], Develops)
		}
		return places[dev]
	}
	for i := range t.report.Packages {
		if t.report.Packages[i].PartOf != "" {
			continue // the package whose files these are is listed
		}
		n := &t.Nodes[i]
		parent, brought := n.Parent, n.Title == Recommends
		n.Title = NoTitle
		switch title := t.titleOf(i); {
		case parent >= 0 && brought:
			if recommending[parent] == 0 {
				recommending[parent] = add(parent, Recommends)
			}
			parent = recommending[parent]
		case parent < 0 && t.report.Packages[i].IsLibrary() && title != FromBase:
			parent = inPlace(&t.report.Packages[i])
		case parent < 0 && title == NoTitle:
			t.Top = append(t.Top, int32(i))
			continue
		case parent < 0:
			if titles[title] == 0 {
				titles[title] = add(-1, title)
			}
			parent = titles[title]
		}
		t.Nodes[i].Parent = parent
		t.Nodes[parent].Children = append(t.Nodes[parent].Children, int32(i))
	}
}

// Reasons that a row shows in its own way.
const (
	ReasonManual = "manual"
	ReasonDev    = "dev"
)

// titleOf returns the title for a package of which no package is known to have brought it.
func (t *Tree) titleOf(i int) Title {
	p := &t.report.Packages[i]
	if p.Layer < t.report.Image.Base.Layers {
		return FromBase
	}
	switch p.Reason {
	case ReasonManual:
		return NoTitle
	case "dependency":
		return Dependencies
	case "recommended", "suggested":
		return Weak
	case "orphan":
		return Orphans
	case "essential":
		return Essentials
	}
	return UnknownReason
}

// total adds up the bytes below each node and sorts the nodes: packages that somebody asked for come
// first, then the others, then the base image's, and the largest first within each group.
func (t *Tree) total(wasted func(index int) bool) {
	order := make([]int32, 0, len(t.Nodes)) // parents before children
	order = append(order, t.Top...)
	for next := 0; next < len(order); next++ {
		order = append(order, t.Nodes[order[next]].Children...)
	}
	for _, at := range slices.Backward(order) {
		n := &t.Nodes[at]
		if n.Index >= 0 {
			n.Count++
			n.Bytes += t.report.Packages[n.Index].Bytes
			if wasted(int(n.Index)) {
				n.Wasted += t.report.Packages[n.Index].Bytes
			}
		}
		if n.Parent >= 0 {
			above := &t.Nodes[n.Parent]
			above.Count, above.Bytes, above.Wasted = above.Count+n.Count, above.Bytes+n.Bytes, above.Wasted+n.Wasted
		}
		slices.SortFunc(n.Children, t.compare)
	}
	slices.SortFunc(t.Top, t.compare)
}

func (t *Tree) compare(a, b int32) int {
	x, y := &t.Nodes[a], &t.Nodes[b]
	last := func(n *Node) int {
		switch {
		case n.Parent >= 0 || n.Title == NoTitle || n.Title == InPlace:
			return 0
		case n.Title == FromBase:
			return 2
		}
		return 1
	}
	return cmp.Or(cmp.Compare(last(x), last(y)), cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(a, b))
}

// Own is the size of a node's package without what is below it.
func (t *Tree) Own(n *Node) int64 {
	if n.Index < 0 {
		return 0
	}
	return t.report.Packages[n.Index].Bytes
}
