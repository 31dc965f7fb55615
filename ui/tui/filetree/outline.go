package filetree

import "slices"

// Row is a visible row of a tree: an entry, and how deep it lies.
type Row struct {
	Entry int32
	Depth int32
}

// Outline is the visible part of a layer tree, as a flat list of rows: those in open directories.
// The screen is a slice of it. The cost of opening a directory is that of the rows that appear.
type Outline struct {
	*LayerTree
	Expansion
	Only  *Matches   // what is shown; nil: everything
	plain *Expansion // what was shown before the filter; nil without one
	Turns int        // counts what changed the rows
	spare []Row      // room to lay rows out in
}

// Expansion is which directories of a tree are open, and the rows that makes.
type Expansion struct {
	Rows   []Row
	Opened []bool // by entry
}

// Shows reports whether the filter lets an entry through, whether or not its directory is open.
func (o *Outline) Shows(entry int32) bool { return o.Only == nil || o.Only.keep[entry] }

// NewOutline shows the top of a tree, and goes on down while there is only one
// directory to open.
func NewOutline(lt *LayerTree) *Outline {
	o := &Outline{LayerTree: lt}
	o.Opened = make([]bool, len(lt.Entries))
	o.Opened[0] = true
	o.Rows = lt.AppendBelow(nil, o.Opened, nil, 0, 0)
	for len(o.Rows) > 0 {
		last := o.Rows[len(o.Rows)-1]
		if len(o.Children(o.Entries[last.Entry].Parent)) != 1 || o.Entries[last.Entry].count == 0 || len(o.Rows) > 32 {
			break
		}
		o.Open(len(o.Rows) - 1)
	}
	return o
}

// AppendBelow appends the visible rows below an entry, of all or of what was
// found only.
func (lt *LayerTree) AppendBelow(rows []Row, opened []bool, only *Matches, entry, depth int32) []Row {
	if only == nil {
		rows = slices.Grow(rows, int(lt.Entries[entry].count))
	}
	type level struct {
		children []int32
		depth    int32
	}
	levels := []level{{lt.Children(entry), depth}} // no recursion: trees can be 4,096 deep
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
		rows = append(rows, Row{next, d})
		if opened[next] {
			levels = append(levels, level{lt.Children(next), d + 1})
		}
	}
	return rows
}

// Open shows what is below row i.
func (o *Outline) Open(i int) {
	row := o.Rows[i]
	if o.Opened[row.Entry] || o.Entries[row.Entry].count == 0 {
		return
	}
	o.Opened[row.Entry] = true
	o.spare = o.AppendBelow(o.spare[:0], o.Opened, o.Only, row.Entry, row.Depth+1)
	o.Rows = slices.Insert(o.Rows, i+1, o.spare...)
	o.Turns++
}

// Close hides what is below row i.
func (o *Outline) Close(i int) {
	row := o.Rows[i]
	if !o.Opened[row.Entry] {
		return
	}
	o.Opened[row.Entry] = false
	end := i + 1
	for end < len(o.Rows) && o.Rows[end].Depth > row.Depth {
		end++
	}
	o.Rows = slices.Delete(o.Rows, i+1, end)
	o.Turns++
}

// Collapse closes every directory.
func (o *Outline) Collapse() {
	clear(o.Opened)
	o.Opened[0] = true
	o.Rows = o.AppendBelow(o.Rows[:0], o.Opened, o.Only, 0, 0)
	o.Turns++
}

// maxLevel is how many rows opening a level may make.
const maxLevel = 20000

// Level opens the closed directories that lie least deep, or closes the open ones that
// lie deepest, among the rows. It reports false where that would make too many rows.
func (o *Outline) Level(more bool) bool {
	level, rows := int32(-1), len(o.Rows)
	for _, row := range o.Rows {
		switch open := o.Opened[row.Entry]; {
		case o.Entries[row.Entry].count == 0:
		case more && !open && (level < 0 || row.Depth < level), !more && open && row.Depth > level:
			level = row.Depth
		}
	}
	var turned []int32
	for _, row := range o.Rows {
		if row.Depth == level && o.Entries[row.Entry].count > 0 && o.Opened[row.Entry] != more {
			turned = append(turned, row.Entry)
			rows += int(o.Entries[row.Entry].count)
		}
	}
	if more && rows > maxLevel {
		return false
	}
	for _, entry := range turned {
		o.Opened[entry] = more
	}
	o.Rows = o.AppendBelow(o.Rows[:0], o.Opened, o.Only, 0, 0)
	o.Turns++
	return true
}

// enough is how many matches a filter opens the directories of: more than a person
// reads through, and few enough to be laid out at once.
const enough = 500

// Filtered lays out what a query found. Directories stay open if they are, and those above the first
// matches are opened. It changes nothing, so it can run in another goroutine.
func (lt *LayerTree) Filtered(f *Matches, opened []bool) Expansion {
	opened = slices.Clone(opened)
	above := 0
	for i := 1; i < len(f.Match) && above < enough; i++ {
		if !f.Match[i] {
			continue
		}
		above++
		for at := lt.Entries[i].Parent; at != 0 && !opened[at]; at = lt.Entries[at].Parent {
			opened[at] = true
		}
	}
	return Expansion{lt.AppendBelow(nil, opened, f, 0, 0), opened}
}

// Unfiltered returns which directories are open without the filter.
func (o *Outline) Unfiltered() []bool {
	if o.plain != nil {
		return o.plain.Opened
	}
	return slices.Clone(o.Opened)
}

// Filter shows what a query found, as [Outline.Filtered] laid it out.
func (o *Outline) Filter(f *Matches, shown Expansion) {
	if o.plain == nil {
		before := o.Expansion
		o.plain = &before
	}
	o.Only, o.Expansion = f, shown
	o.Turns++
}

// Unfilter shows everything again, with the directories open that were open before the filter.
func (o *Outline) Unfilter() {
	if o.plain == nil {
		return
	}
	o.Only, o.Expansion, o.plain = nil, *o.plain, nil
	if o.Rows == nil { // the order is another one
		o.Rows = o.AppendBelow(nil, o.Opened, nil, 0, 0)
	}
	o.Turns++
}

// Reorder takes the same tree in another order, and the rows that it makes.
func (o *Outline) Reorder(lt *LayerTree, rows []Row) {
	o.LayerTree, o.Rows = lt, rows
	if o.plain != nil {
		o.plain.Rows = nil
	}
	o.Turns++
}

// Next finds the match of f behind row i, or before it if back is set, opens the
// directories above it, and returns its row; i if there is no match.
func (o *Outline) Next(f *Matches, i int, back bool) int {
	holds := func(row int) bool { // a closed directory with a match in it
		entry := o.Rows[row].Entry
		return o.Entries[entry].count > 0 && !o.Opened[entry] && f.Holds[entry]
	}
	if i < len(o.Rows) && !back && holds(i) {
		o.Open(i)
	}
	step := 1
	if back {
		step = -1
	}
	for at := i + step; at >= 0 && at < len(o.Rows); at += step {
		for back && holds(at) { // the last match in it comes first
			before := len(o.Rows)
			o.Open(at)
			at += len(o.Rows) - before
		}
		if f.Match[o.Rows[at].Entry] {
			return at
		}
		if !back && holds(at) {
			o.Open(at)
		}
	}
	return i
}

// Parent returns the row of the directory that row i lies in; i itself at the top.
func (o *Outline) Parent(i int) int {
	for at := i - 1; at >= 0; at-- {
		if o.Rows[at].Depth < o.Rows[i].Depth {
			return at
		}
	}
	return i
}

// Reveal opens the directories above an entry and returns its row.
func (o *Outline) Reveal(entry int32) int {
	var above []int32
	for at := o.Entries[entry].Parent; at != 0; at = o.Entries[at].Parent {
		above = append(above, at)
	}
	from := 0
	for _, dir := range slices.Backward(above) {
		for from < len(o.Rows) && o.Rows[from].Entry != dir {
			from++
		}
		if from < len(o.Rows) {
			o.Open(from)
		}
	}
	for from < len(o.Rows) && o.Rows[from].Entry != entry {
		from++
	}
	return min(from, len(o.Rows)-1)
}
