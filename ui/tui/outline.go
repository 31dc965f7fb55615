package tui

import "slices"

// outlineRow is a visible row of a tree: an entry, and how deep it lies.
type outlineRow struct {
	entry int32
	depth int32
}

// outline is a layer tree as far as its directories are open: a flat list of rows,
// so that the screen is a slice of it. Opening a directory costs what comes into
// sight, moving the cursor nothing.
type outline struct {
	*layerTree
	expansion
	only  *found       // what is shown; nil: everything
	plain *expansion   // what was shown before the filter; nil without one
	turns int          // counts what changed the rows
	spare []outlineRow // room to lay rows out in
}

// expansion is which directories of a tree are open, and the rows that makes.
type expansion struct {
	rows   []outlineRow
	opened []bool // by entry
}

// shows reports whether an entry is there to be seen, in an open directory or not.
func (o *outline) shows(entry int32) bool { return o.only == nil || o.only.keep[entry] }

// newOutline shows the top of a tree, and goes on down while there is only one
// directory to open.
func newOutline(lt *layerTree) *outline {
	o := &outline{layerTree: lt}
	o.opened = make([]bool, len(lt.entries))
	o.opened[0] = true
	o.rows = lt.appendBelow(nil, o.opened, nil, 0, 0)
	for len(o.rows) > 0 {
		last := o.rows[len(o.rows)-1]
		if len(o.children(o.entries[last.entry].parent)) != 1 || o.entries[last.entry].count == 0 || len(o.rows) > 32 {
			break
		}
		o.open(len(o.rows) - 1)
	}
	return o
}

// appendBelow appends the visible rows below an entry, of all or of what was
// found only.
func (lt *layerTree) appendBelow(rows []outlineRow, opened []bool, only *found, entry, depth int32) []outlineRow {
	if only == nil {
		rows = slices.Grow(rows, int(lt.entries[entry].count))
	}
	type level struct {
		children []int32
		depth    int32
	}
	levels := []level{{lt.children(entry), depth}} // no recursion: trees can be 4,096 deep
	for len(levels) > 0 {
		top := &levels[len(levels)-1]
		if len(top.children) == 0 {
			levels = levels[:len(levels)-1]
			continue
		}
		next, d := top.children[0], top.depth
		top.children = top.children[1:]
		if only != nil && !only.keep[next] {
			continue
		}
		rows = append(rows, outlineRow{next, d})
		if opened[next] {
			levels = append(levels, level{lt.children(next), d + 1})
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
	o.spare = o.appendBelow(o.spare[:0], o.opened, o.only, row.entry, row.depth+1)
	o.rows = slices.Insert(o.rows, i+1, o.spare...)
	o.turns++
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
	o.turns++
}

// collapse closes every directory.
func (o *outline) collapse() {
	clear(o.opened)
	o.opened[0] = true
	o.rows = o.appendBelow(o.rows[:0], o.opened, o.only, 0, 0)
	o.turns++
}

// enough is how many matches a filter opens the directories of: more than a person
// reads through, and few enough to be laid out at once.
const enough = 500

// filtered lays out what a query found: with the directories open that are open
// already, and those above the first matches. It changes nothing, so that it can
// be done away from the interface.
func (lt *layerTree) filtered(f *found, opened []bool) expansion {
	opened = slices.Clone(opened)
	above := 0
	for i := 1; i < len(f.match) && above < enough; i++ {
		if !f.match[i] {
			continue
		}
		above++
		for at := lt.entries[i].parent; at != 0 && !opened[at]; at = lt.entries[at].parent {
			opened[at] = true
		}
	}
	return expansion{lt.appendBelow(nil, opened, f, 0, 0), opened}
}

// unfiltered is which directories are open but for the filter.
func (o *outline) unfiltered() []bool {
	if o.plain != nil {
		return o.plain.opened
	}
	return slices.Clone(o.opened)
}

// filter shows what a query found, as filtered laid it out.
func (o *outline) filter(f *found, shown expansion) {
	if o.plain == nil {
		before := o.expansion
		o.plain = &before
	}
	o.only, o.expansion = f, shown
	o.turns++
}

// unfilter shows everything, with the directories open that were.
func (o *outline) unfilter() {
	if o.plain == nil {
		return
	}
	o.only, o.expansion, o.plain = nil, *o.plain, nil
	if o.rows == nil { // the order is another one
		o.rows = o.appendBelow(nil, o.opened, nil, 0, 0)
	}
	o.turns++
}

// reorder takes the same tree in another order, and the rows that it makes.
func (o *outline) reorder(lt *layerTree, rows []outlineRow) {
	o.layerTree, o.rows = lt, rows
	if o.plain != nil {
		o.plain.rows = nil
	}
	o.turns++
}

// next finds the match of f behind row i, or before it if back is set, opens the
// directories above it, and returns its row; i itself where there is none.
func (o *outline) next(f *found, i int, back bool) int {
	holds := func(row int) bool { // a closed directory with a match in it
		entry := o.rows[row].entry
		return o.entries[entry].count > 0 && !o.opened[entry] && f.holds[entry]
	}
	if i < len(o.rows) && !back && holds(i) {
		o.open(i)
	}
	step := 1
	if back {
		step = -1
	}
	for at := i + step; at >= 0 && at < len(o.rows); at += step {
		for back && holds(at) { // the last match in it comes first
			before := len(o.rows)
			o.open(at)
			at += len(o.rows) - before
		}
		if f.match[o.rows[at].entry] {
			return at
		}
		if !back && holds(at) {
			o.open(at)
		}
	}
	return i
}

// parent returns the row of the directory that row i lies in; i itself at the top.
func (o *outline) parent(i int) int {
	for at := i - 1; at >= 0; at-- {
		if o.rows[at].depth < o.rows[i].depth {
			return at
		}
	}
	return i
}

// reveal opens the directories above an entry and returns its row.
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
