package overlay

import (
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// Whiteouts act twice: first inside their own layer, which is unpacked by itself, then on
// the layers below. Package scan recognises them by their names.

// whiteout lands a whiteout. One beside something that the layer has already
// brought takes away what is below it and nothing of its own layer, as the image
// specification says; engines refuse to unpack such a layer.
func (u *unpacker) whiteout(i int32, e *scan.Entry) {
	dir, ok := u.walk(u.x.Dirs[e.Dir], true, false)
	if !ok {
		return
	}
	if e.Kind == model.Opaque {
		if dir == rootSlot {
			u.b.note("an opaque whiteout of the root does nothing: overlay engines ignore it")
			return
		}
		u.slots[dir].opaque = true
		u.land[i] = dir
		return
	}
	n, ok := u.b.paths.find(u.slots[dir].node, u.x.Name(e))
	if !ok {
		return // nothing has that name
	}
	id := u.b.slotOf[n]
	if id == noSlot {
		id = u.add(n, dir)
		u.slots[id].kind, u.slots[id].entry = model.Whiteout, i
	} else if e.Flags&scan.Device != 0 {
		u.replace(id, false)
		s := &u.slots[id]
		s.kind, s.entry, s.link = model.Whiteout, i, 0
	} else if u.slots[id].isDir() {
		u.slots[id].opaque = true
	}
	u.land[i] = id
}

// hideLower applies a whiteout or an opaque whiteout to the layers below.
func (b *Builder) hideLower(u *unpacker, e *scan.Entry, s *slot) {
	if s.dead || e.Kind == model.Opaque && !s.isDir() {
		return
	}
	if s.isDir() && !s.opaque {
		if old := b.live[s.node]; old != noRecord && b.isDir(old) {
			if b.merged++; b.merged == 1 {
				b.note("%q is both removed and brought as a directory: overlay engines go on showing what lower layers have in it, others do not", brief(b.tree.Path(s.node)))
			}
		}
		return
	}
	before := b.tally.Deleted
	if h := (hiding{cause: model.Deleted, count: true}); s.isDir() {
		b.hideBelow(s.node, h)
	} else if b.live[s.node] != noRecord {
		b.hideTree(s.node, h)
	}
	if b.tally.Deleted > before {
		b.record(s.node, model.Record{Kind: e.Kind, Owner: b.tree.Intern(u.x.Attributes[e.Owner])})
	}
}
