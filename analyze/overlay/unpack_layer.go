package overlay

import (
	"context"
	"fmt"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// A layer is unpacked on its own before it is laid over the others, because
// that is what overlay engines do: they extract its tar into an empty directory
// and let the kernel merge the directories. So a path never leads through a
// symbolic link of a lower layer, and a directory that the layer does not name
// is made anew, in the place of whatever a lower layer has there. A link that
// the layer itself brings is followed, within the layer.

// noSlot stands for "no slot"; the root's slot has no parent to find it under.
const noSlot int32 = 0

// slot is one path of the layer that is being added.
type slot struct {
	node        model.NodeID
	parent      int32
	first, next int32 // children and siblings, noSlot at the end
	entry       int32 // the entry that stands there last, -1 for an implied directory
	link        int32 // for a hard link: its number in unpacker.links, plus one
	kind        model.Kind
	dead        bool // the same layer put something else in the place of it or of a directory above it
	opaque      bool // what lower layers have in the directory is hidden
	ready       bool // what the entries below it need stands in the merged tree
}

func (s *slot) isDir() bool { return s.kind == model.Directory || s.kind == model.Implied }

// hardLink is a hard link whose target was found: a record of the same layer, by
// its entry's number, or of a lower one.
type hardLink struct {
	entry, slot int32
	own         int32 // -1: lower is the target
	lower       model.RecordID
}

// unpacker finds out, entry by entry in the order of the tar, where each one of
// a layer lands. It adds nodes to the builder's tree and no records.
type unpacker struct {
	b     *Builder
	x     *scan.Index
	slots []slot
	land  []int32    // by entry: its slot, or noSlot where it has no place in the tree
	links []hardLink // in the order in which they land: early of the tar, then late
	early int        // how many of links land in the order of the tar
	again []hardLink // names said twice, in the order of the tar
	late  []int32    // hard links that stand before their target, or have none

	// dirs remembers the slot of each directory of the index. When a directory
	// or a link of the layer becomes something else, what lies below may lead
	// elsewhere; then epoch moves on and nothing is known.
	dirs  []int32
	known []uint32
	epoch uint32

	aside     map[string]int32 // entries that have no path of the filesystem, by name
	lowerLink string           // the first hard link to a file of a lower layer
	lowers    int
}

// rootSlot is the root's slot: numbers of other slots are larger than noSlot, and
// nobody looks the root up.
const rootSlot int32 = 0

// unreachable marks an entry that no path leads to.
const unreachable int32 = -1

func (b *Builder) newUnpacker(x *scan.Index) *unpacker {
	u := &unpacker{
		b: b, x: x, slots: make([]slot, 1, len(x.Entries)+1), land: make([]int32, len(x.Entries)),
		dirs: make([]int32, len(x.Dirs)), known: make([]uint32, len(x.Dirs)), epoch: 1,
	}
	u.slots[rootSlot] = slot{node: model.Root, entry: -1, kind: model.Implied, ready: true}
	return u
}

// unpack finds the place of every entry.
func (u *unpacker) unpack(ctx context.Context) error {
	for i := range u.x.Entries {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		u.enter(int32(i))
		if err := u.b.withinLimits(); err != nil {
			return err
		}
	}
	u.early = len(u.links)
	again := u.again
	lost := 0
	for _, i := range u.late {
		e := &u.x.Entries[i]
		if u.link(i, e) {
			continue
		}
		if lost++; lost == 1 {
			u.b.note("hard link %q points to nothing and is left out", brief(u.x.Path(e)))
		}
	}
	u.again = again // engines refuse what came since
	if lost > 1 {
		u.b.note("%d more hard links point to nothing and are left out", lost-1)
	}
	if u.lowers > 0 {
		u.b.note("hard link %q points to a file of a layer below, which container engines refuse to unpack", brief(u.lowerLink))
	}
	if u.lowers > 1 {
		u.b.note("%d more hard links point to layers below", u.lowers-1)
	}
	return u.b.withinLimits()
}

// withinLimits returns a *scan.LimitError once a layer's paths cost more than a
// real image's do.
func (b *Builder) withinLimits() error {
	switch {
	case b.cost.err != nil:
		return b.cost.err
	case b.steps > maxSteps:
		return &scan.LimitError{What: "the way through the layer's symbolic links", Limit: fmt.Sprintf("%d directories", maxSteps)}
	case b.implied > maxImplied:
		return &scan.LimitError{What: "the number of directories that no layer names", Limit: fmt.Sprint(maxImplied)}
	case len(b.tree.Nodes) > maxNodes:
		return &scan.LimitError{What: "the number of paths in the image", Limit: fmt.Sprint(maxNodes)}
	}
	return nil
}

// forget takes the layer's slots off the nodes, for the next layer.
func (u *unpacker) forget() {
	for i := range u.slots[1:] {
		u.b.slotOf[u.slots[i+1].node] = noSlot
	}
}

// enter finds the place of entry i.
func (u *unpacker) enter(i int32) {
	e := &u.x.Entries[i]
	switch {
	case e.Kind >= model.Whiteout:
		u.whiteout(i, e)
	case e.Flags&scan.Aside != 0:
		u.setAside(i, e)
	case e.Kind == model.Link:
		if !u.link(i, e) {
			u.late = append(u.late, i)
		}
	default:
		if dir, ok := u.dir(e.Dir); ok {
			u.put(i, dir, e.Kind)
		} else {
			u.land[i] = unreachable
			if e.Kind == model.File {
				u.setAside(i, e)
			}
		}
	}
}

func (u *unpacker) setAside(i int32, e *scan.Entry) {
	if u.aside == nil {
		u.aside = make(map[string]int32)
	}
	u.aside[u.x.Path(e)] = i
}

// put lands an entry in a directory. Like an engine it removes what the layer
// had at the path, unless that and the entry are both directories.
func (u *unpacker) put(i, dir int32, kind model.Kind) int32 {
	n := u.b.child(u.slots[dir].node, u.x.Name(&u.x.Entries[i]))
	id := u.b.slotOf[n]
	if id == noSlot {
		id = u.add(n, dir)
	} else {
		u.replace(id, kind == model.Directory)
	}
	s := &u.slots[id]
	s.kind, s.entry, s.link = kind, i, 0
	u.land[i] = id
	return id
}

// replace prepares a slot for something else that lands in it.
func (u *unpacker) replace(id int32, byDir bool) {
	s := &u.slots[id]
	if s.isDir() && byDir {
		return
	}
	if s.isDir() || s.kind == model.Symlink {
		u.epoch++
	}
	s.opaque = false
	u.kill(id)
}

// kill removes all that the layer has below a slot.
func (u *unpacker) kill(id int32) {
	stack := []int32{id}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		child := u.slots[at].first
		u.slots[at].first = noSlot
		for child != noSlot {
			s := &u.slots[child]
			s.dead = true
			u.b.slotOf[s.node] = noSlot
			stack = append(stack, child)
			child = s.next
		}
	}
}

// add makes the slot of a node that has none: an implied directory until
// something else lands there.
func (u *unpacker) add(n model.NodeID, parent int32) int32 {
	id := int32(len(u.slots))
	u.slots = append(u.slots, slot{node: n, parent: parent, next: u.slots[parent].first, entry: -1, kind: model.Implied})
	u.slots[parent].first = id
	u.b.slotOf[n] = id
	return id
}

// dir returns the slot of a directory that an entry lies in. It reports false
// when no path leads there.
func (u *unpacker) dir(i uint32) (int32, bool) {
	if u.known[i] == u.epoch {
		return u.dirs[i], u.dirs[i] != unreachable
	}
	u.b.cost.take(0, int64(len(u.x.Dirs[i])))
	id, ok := u.walk(u.x.Dirs[i], true, true)
	if !ok {
		id = unreachable
	}
	u.dirs[i], u.known[i] = id, u.epoch
	return id, ok
}

// walk follows a clean path through the layer, and through the symbolic links
// that the layer itself has, but never out of the root. With create it makes the
// directories that are missing; with over, too, where the layer has something
// else in the way.
func (u *unpacker) walk(path string, create, over bool) (int32, bool) {
	at := rootSlot
	r := route{rest: path}
	for {
		leg, part := r.next(u.b)
		switch leg {
		case end:
			return at, true
		case noRoad:
			return 0, false
		case up:
			at = u.slots[at].parent
			continue
		}
		id, ok := u.step(at, part, create, over)
		if !ok {
			return 0, false
		}
		if u.slots[id].kind != model.Symlink {
			at = id
			continue
		}
		absolute, ok := r.follow(u.b, u.symlink(&u.slots[id]))
		if !ok {
			return 0, false
		}
		if absolute {
			at = rootSlot
		}
	}
}

// step goes from a directory to the directory or the link of a name in it.
func (u *unpacker) step(at int32, part string, create, over bool) (int32, bool) {
	b := u.b
	var n model.NodeID
	if create {
		n = b.child(u.slots[at].node, []byte(part))
	} else if found, ok := b.paths.find(u.slots[at].node, []byte(part)); ok {
		n = found
	} else {
		return 0, false
	}
	id := b.slotOf[n]
	if id == noSlot {
		if !create {
			return 0, false
		}
		b.implied++
		return u.add(n, at), true
	}
	switch s := &u.slots[id]; {
	case s.isDir(), s.kind == model.Symlink:
		return id, true
	case !create || !over:
		return 0, false
	default:
		// Engines refuse a path through something that is not a directory. Here the
		// bytes below it count, and the directory is one of the layer's own.
		u.replace(id, false)
		s.kind, s.entry, s.link, s.opaque = model.Implied, -1, 0, true
		b.implied++
		return id, true
	}
}

// symlink returns the text of the symbolic link in a slot.
func (u *unpacker) symlink(s *slot) string {
	if s.link > 0 {
		return *u.textOf(u.links[s.link-1])
	}
	return u.x.Links[u.x.Entries[s.entry].Link]
}
