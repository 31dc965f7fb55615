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
}

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
