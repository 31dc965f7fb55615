package html

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

const (
	// groupPart is the least part of a whole that is drawn with what is in it.
	groupPart = 20
	// maxDepth is how many directories may be drawn inside each other.
	maxDepth = 4
	// maxBoxes bounds the boxes of a tree whose sizes are lies.
	maxBoxes = 400
)

// weight is what a path and all below it weigh.
type weight struct{ bytes, wasted, inherited int64 }

func (w *weight) add(o weight) {
	w.bytes, w.wasted, w.inherited = w.bytes+o.bytes, w.wasted+o.wasted, w.inherited+o.inherited
}

// directories cuts a tree up by directory.
type directories struct {
	tree    *model.Tree
	weights []weight // by node, all below included
	least   int64    // bytes of a box of its own
	group   int64    // bytes of a directory drawn open
	left    int      // boxes that may still be drawn
}

// byDirectory has an area for each large directory and file. It looks at each record
// and each node once, and builds the paths of what is shown alone.
func (h *builder) byDirectory() []area {
	f := &directories{tree: h.report.Tree, weights: weights(h.report), left: maxBoxes}
	total := f.weights[model.Root].bytes
	f.least, f.group = max(total/smallestPart, 1), max(total/groupPart, 1)
	return f.within(model.Root, 0)
}

// weights adds up every directory: a node stands after its parent, so one pass
// from the last to the first does it.
func weights(r *model.Report) []weight {
	t := r.Tree
	weights := make([]weight, len(t.Nodes))
	for i := range t.Records {
		rec := &t.Records[i]
		if rec.Kind != model.File {
			continue
		}
		w := weight{bytes: rec.Size.Bytes()}
		if rec.Verdict == model.Shadowed || rec.Verdict == model.Leftover {
			w.wasted = rec.Size.Bytes()
		}
		if int(rec.Layer) < len(r.Layers) && r.Layers[rec.Layer].Inherited {
			w.inherited = rec.Size.Bytes()
		}
		weights[rec.Node].add(w)
	}
	for n := len(t.Nodes) - 1; n > 0; n-- {
		weights[t.Nodes[n].Parent].add(weights[n])
	}
	return weights
}

// within lists what a directory holds that is large enough to be seen, the largest
// first, and the rest together.
func (f *directories) within(n model.NodeID, depth int) []area {
	large, rest, small := f.split(n)
	for len(large) > max(f.left, 0) {
		rest.add(f.weights[large[len(large)-1]])
		large = large[:len(large)-1]
		small++
	}
	f.left -= len(large)
	areas := make([]area, 0, len(large)+1)
	for _, c := range large {
		a, left, leftOut := f.area(c, depth)
		areas = append(areas, a)
		rest.add(left)
		small += leftOut
	}
	if rest.bytes > 0 {
		a := area{name: display.Count(small) + " smaller", rest: true, bytes: rest.bytes, wasted: rest.wasted, inherited: rest.inherited}
		a.whole = display.Count(small) + " smaller entries in /" + f.path(n)
		if small == 1 {
			a.whole = "1 smaller entry in /" + f.path(n)
		}
		if small == 0 {
			a.name = "older versions" // a file stood where a directory is now
			a.whole = a.name + " of /" + f.path(n)
		}
		areas = append(areas, a)
	}
	slices.SortStableFunc(areas, larger)
	return areas
}

// split says which entries of a directory have a box of their own, the largest
// first, and how many the others are and what they weigh.
func (f *directories) split(n model.NodeID) (large []model.NodeID, rest weight, small int) {
	rest = f.weights[n]
	for c := range f.tree.Children(n) {
		w := f.weights[c]
		switch {
		case w.bytes <= 0:
		case w.bytes >= f.least:
			large = append(large, c)
			rest.add(weight{-w.bytes, -w.wasted, -w.inherited})
		default:
			small++
		}
	}
	slices.SortFunc(large, func(a, b model.NodeID) int {
		return cmp.Or(cmp.Compare(f.weights[b].bytes, f.weights[a].bytes), cmp.Compare(f.tree.Name(a), f.tree.Name(b)))
	})
	return large, rest, small
}

// area is a directory or a file. A directory that holds little but one other is drawn
// as that other; the little is given back, to be drawn with the rest around it.
func (f *directories) area(n model.NodeID, depth int) (a area, left weight, leftOut int) {
	name := f.name(n)
	large, rest, small := f.split(n)
	for len(large) == 1 && rest.bytes < f.least && f.isDirectory(large[0]) {
		left.add(rest)
		leftOut += small
		n = large[0]
		name += "/" + f.name(n)
		large, rest, small = f.split(n)
	}
	w := f.weights[n]
	a = area{whole: "/" + f.path(n), bytes: w.bytes, wasted: w.wasted, inherited: w.inherited}
	if f.isDirectory(n) {
		name += "/"
		if w.bytes >= f.group && depth < maxDepth && (len(large) > 1 || len(large) == 1 && rest.bytes >= f.least) {
			a.kids = f.within(n, depth+1)
		}
	}
	a.name = display.TruncatePath(name, shortCells)
	return a, left, leftOut
}

func (f *directories) isDirectory(n model.NodeID) bool {
	return f.tree.Nodes[n].FirstChild != model.NoNode
}

func (f *directories) name(n model.NodeID) string {
	return display.TruncatePath(display.Escape(clip(f.tree.Name(n), shortCells)), shortCells)
}

func (f *directories) path(n model.NodeID) string {
	return display.TruncatePath(display.Escape(f.tree.Path(n)), codeCells)
}
