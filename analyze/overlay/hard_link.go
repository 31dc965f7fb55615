package overlay

import (
	"strings"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// link lands a hard link and reports whether its target is there.
func (u *unpacker) link(i int32, e *scan.Entry) bool {
	h, ok := u.target(i, e)
	if !ok {
		return false
	}
	dir, ok := u.dir(e.Dir)
	if !ok {
		u.land[i] = noSlot
		return true
	}
	if n, ok := u.b.paths.find(u.slots[dir].node, u.x.Name(e)); ok {
		if id := u.b.slotOf[n]; id != noSlot && u.holds(&u.slots[id], h) {
			// The same name of the same file, said twice: only its owner and mode count.
			if h.own >= 0 {
				u.again = append(u.again, h)
			}
			return true
		}
	}
	kind := model.File
	if u.textOf(h) != nil {
		kind = model.Symlink
	}
	if h.own < 0 {
		if u.lowers++; u.lowers == 1 {
			u.lowerLink = u.x.Path(e)
		}
		u.b.names[h.lower]++ // until the link stands: its own name may be hidden first
	}
	h.slot = u.put(i, dir, kind)
	u.links = append(u.links, h)
	u.slots[h.slot].link = int32(len(u.links))
	return true
}

// target looks for a hard link's target in the layer first, then below it.
func (u *unpacker) target(i int32, e *scan.Entry) (hardLink, bool) {
	path := u.x.Links[e.Link]
	h := hardLink{entry: i, own: -1}
	if at, ok := u.aside[path]; ok {
		h.own = at
		return h, true
	}
	dir, base := "", path
	if cut := strings.LastIndexByte(path, '/'); cut >= 0 {
		dir, base = path[:cut], path[cut+1:]
	}
	if at, ok := u.walk(dir, false, false); ok && base != "" {
		if n, ok := u.b.paths.find(u.slots[at].node, []byte(base)); ok && u.b.slotOf[n] != noSlot {
			switch s := &u.slots[u.b.slotOf[n]]; {
			case s.isDir():
				return h, false
			case s.kind == model.Whiteout: // of what a lower layer has
			case s.link > 0:
				of := u.links[s.link-1]
				h.own, h.lower = of.own, of.lower
				return h, true
			default:
				h.own = s.entry
				return h, true
			}
		}
	}
	n, ok := u.b.find(path)
	if !ok {
		return h, false
	}
	h.lower = u.b.tree.Content(u.b.live[n])
	return h, !u.b.isDir(h.lower)
}

// holds reports whether a slot is a name of what a hard link links to.
func (u *unpacker) holds(s *slot, h hardLink) bool {
	if s.link == 0 {
		return h.own >= 0 && s.entry == h.own
	}
	of := u.links[s.link-1]
	return of.own == h.own && (h.own >= 0 || of.lower == h.lower)
}

// textOf returns the text of the symbolic link that a hard link links to, nil
// where it links to anything else.
func (u *unpacker) textOf(h hardLink) *string {
	if h.own >= 0 {
		if e := &u.x.Entries[h.own]; e.Kind == model.Symlink {
			return &u.x.Links[e.Link]
		}
		return nil
	}
	if r := &u.b.tree.Records[h.lower]; r.Kind == model.Symlink {
		text := u.b.tree.LinkText(r)
		return &text
	}
	return nil
}
