package model

import (
	"cmp"
	"iter"
	"slices"
)

// Version is one file version with its names.
type Version struct {
	Record RecordID
	// Name is its first visible name in byte order of the path; for a shadowed
	// version the name that its record gave it.
	Name NodeID
	// Links are its other visible names, in byte order.
	Links []NodeID
	// Visible: it has a visible name.
	Visible bool
}

// Files yields every file version of the tree once, ordered by the path of its
// name (byte order), then layer, then record. Links belong to the iteration:
// the caller must not change them.
func (t *Tree) Files() iter.Seq[Version] {
	return func(yield func(Version) bool) {
		names := t.linkedNames()
		var here []Version
		for n := range t.Sorted() {
			here = t.versionsAt(n, names, here[:0])
			for _, v := range here {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// versionsAt appends the versions whose Name is n.
func (t *Tree) versionsAt(n NodeID, names map[RecordID][]NodeID, to []Version) []Version {
	if id, ok := t.Visible(n); ok {
		content := t.Content(id)
		all := names[content]
		if t.Records[content].Kind == File && (len(all) == 0 || all[0] == n) {
			v := Version{Record: content, Name: n, Visible: true}
			if len(all) > 1 {
				v.Links = all[1:]
			}
			to = append(to, v)
		}
	}
	for id := t.Nodes[n].Last; id != NoRecord; id = t.Below(id) {
		r := &t.Records[id]
		if r.Kind == File && r.Gone != StillThere && len(names[id]) == 0 {
			to = append(to, Version{Record: id, Name: n})
		}
	}
	slices.SortFunc(to, func(a, b Version) int {
		return cmp.Or(cmp.Compare(t.Records[a.Record].Layer, t.Records[b.Record].Layer), cmp.Compare(a.Record, b.Record))
	})
	return to
}

// linkedNames lists, in byte order, the visible names of each version that has
// a visible hard link. All other versions have their record's name or none.
func (t *Tree) linkedNames() map[RecordID][]NodeID {
	var names map[RecordID][]NodeID
	for id := range t.Records {
		r := &t.Records[id]
		if r.Kind != Link || r.Gone != StillThere {
			continue
		}
		if content := t.Content(RecordID(id)); t.Records[content].Kind == File {
			if names == nil {
				names = make(map[RecordID][]NodeID)
			}
			names[content] = nil
		}
	}
	if names == nil {
		return nil
	}
	for n := range t.Sorted() {
		if id, ok := t.Visible(n); ok {
			content := t.Content(id)
			if list, linked := names[content]; linked {
				names[content] = append(list, n)
			}
		}
	}
	return names
}

// Entry is something visible that is no file version: a directory, a symlink, a
// device or a fifo, or a hard link to one of the latter three.
type Entry struct {
	Name   NodeID
	Record RecordID // the entry at the path; its Layer is the one that put it there
	// Content is the record that says what it is, with its attributes; it
	// differs from Record for a hard link.
	Content RecordID
}

// Entries yields what is visible beside file versions, in byte order of the
// path. The root itself is left out.
func (t *Tree) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for n := range t.Sorted() {
			id, ok := t.Visible(n)
			if !ok {
				continue
			}
			content := t.Content(id)
			if t.Records[content].Kind != File && !yield(Entry{n, id, content}) {
				return
			}
		}
	}
}
