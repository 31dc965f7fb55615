package tui

import "slices"

// outlineRow is a visible row of a tree: an entry, and how deep it lies.
type outlineRow struct {
	entry int32
	depth int32
}

// outline is a layer tree as far as its folders are open: a flat list of rows,
// so that the screen is a slice of it. Opening a folder costs what comes into
// sight, moving the cursor nothing.
type outline struct {
	*layerTree
	rows   []outlineRow
	opened []bool // by entry
	only   *found // what is shown; nil: everything
}

// shows says whether an entry is there to be seen, in an open folder or not.
func (o *outline) shows(entry int32) bool { return o.only == nil || o.only.keep[entry] }

// newOutline shows the top of a tree, and goes on down while there is only one
// folder to open.
func newOutline(lt *layerTree) *outline {
	o := &outline{layerTree: lt, opened: make([]bool, len(lt.entries))}
	o.opened[0] = true
	o.rows = o.appendBelow(nil, 0, 0)
	for len(o.rows) > 0 {
		last := o.rows[len(o.rows)-1]
		if len(o.children(o.entries[last.entry].parent)) != 1 || o.entries[last.entry].count == 0 || len(o.rows) > 32 {
			break
		}
		o.open(len(o.rows) - 1)
	}
	return o
}

// appendBelow appends the visible rows below an entry.
func (o *outline) appendBelow(rows []outlineRow, entry, depth int32) []outlineRow {
	type level struct {
		children []int32
		depth    int32
	}
	levels := []level{{o.children(entry), depth}} // no recursion: trees can be 4,096 deep
	for len(levels) > 0 {
		top := &levels[len(levels)-1]
		if len(top.children) == 0 {
			levels = levels[:len(levels)-1]
			continue
		}
		next, d := top.children[0], top.depth
		top.children = top.children[1:]
		if !o.shows(next) {
			continue
		}
		rows = append(rows, outlineRow{next, d})
		if o.opened[next] {
			levels = append(levels, level{o.children(next), d + 1})
		}
	}
	return rows
}

// open shows what is below row i.
func (o *outline) open(i int) {
	row := o.rows[i]
	if o.opened[row.entry] || o.entries[row.entry].count == 0 {
		return
	}
	o.opened[row.entry] = true
	o.rows = slices.Insert(o.rows, i+1, o.appendBelow(nil, row.entry, row.depth+1)...)
}

// close hides what is below row i.
func (o *outline) close(i int) {
	row := o.rows[i]
	if !o.opened[row.entry] {
		return
	}
	o.opened[row.entry] = false
	end := i + 1
	for end < len(o.rows) && o.rows[end].depth > row.depth {
		end++
	}
	o.rows = slices.Delete(o.rows, i+1, end)
}

// enough is how many matches a filter opens the folders of: more than a person
// reads through, and few enough to be laid out at once.
const enough = 500

// filter shows what a query found, with the folders above the first matches
// open; nil shows everything, with the folders open that were.
func (o *outline) filter(f *found) {
	o.only = f
	if f != nil {
		opened := 0
		for i := 1; i < len(f.match) && opened < enough; i++ {
			if !f.match[i] {
				continue
			}
			opened++
			for at := o.entries[i].parent; at != 0 && !o.opened[at]; at = o.entries[at].parent {
				o.opened[at] = true
			}
		}
	}
	o.rows = o.appendBelow(nil, 0, 0)
}

// reorder takes the same tree in another order.
func (o *outline) reorder(lt *layerTree) {
	o.layerTree = lt
	o.rows = o.appendBelow(nil, 0, 0)
}

// next finds the match behind row i, or before it if back is set, opens the
// folders above it, and returns its row; i itself where there is none.
func (o *outline) next(i int, back bool) int {
	if o.only == nil {
		return i
	}
	step := 1
	if back {
		step = -1
	}
	if !back && i < len(o.rows) {
		o.open(i) // a match may lie in the folder under the cursor
	}
	for at := i + step; at >= 0 && at < len(o.rows); {
		entry := o.rows[at].entry
		if back && o.entries[entry].count > 0 && !o.opened[entry] {
			before := len(o.rows)
			o.open(at)
			if opened := len(o.rows) - before; opened > 0 {
				at += opened
				continue
			}
		}
		if o.only.match[entry] {
			return at
		}
		if !back {
			o.open(at)
		}
		at += step
	}
	return i
}

// parent returns the row of the folder that row i lies in; i itself at the top.
func (o *outline) parent(i int) int {
	for at := i - 1; at >= 0; at-- {
		if o.rows[at].depth < o.rows[i].depth {
			return at
		}
	}
	return i
}

// reveal opens the folders above an entry and returns its row.
func (o *outline) reveal(entry int32) int {
	var above []int32
	for at := o.entries[entry].parent; at != 0; at = o.entries[at].parent {
		above = append(above, at)
	}
	from := 0
	for _, folder := range slices.Backward(above) {
		for from < len(o.rows) && o.rows[from].entry != folder {
			from++
		}
		if from < len(o.rows) {
			o.open(from)
		}
	}
	for from < len(o.rows) && o.rows[from].entry != entry {
		from++
	}
	return min(from, len(o.rows)-1)
}
