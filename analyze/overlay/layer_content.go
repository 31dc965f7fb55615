package overlay

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// DescribeContents makes the builder describe what each layer holds; see [Builder.Content].
// It is to be called before the first layer is added.
func (b *Builder) DescribeContents() { b.describes = true }

// Content describes what the layer added last holds, by itself. It is nil where that was
// not asked for, or is not known: the layer was read by its table of contents, or holds a
// file whose content was not hashed, as a sparse one's.
func (b *Builder) Content() *model.LayerContent { return b.content }

// describe describes an unpacked layer. Each path makes a line, and the digest is that of
// the lines' hashes in order, so neither the order of the tar nor what it says twice matters.
func (u *unpacker) describe() *model.LayerContent {
	if u.x.TOC {
		return nil
	}
	c := &model.LayerContent{Owners: u.x.OwnerNames}
	extras := make(map[int32]uint64, len(u.x.Extras))
	for _, extra := range u.x.Extras {
		extras[extra.Entry] = extra.Hash
	}
	linked := u.linked()
	lines := make([][sha256.Size]byte, 0, len(u.slots))
	var line, path []byte
	for i := range u.slots[1:] {
		s := &u.slots[i+1]
		if s.dead {
			continue
		}
		path = u.b.tree.AppendPath(path[:0], s.node)
		line = appendText(line[:0], path)
		line = append(line, byte(s.kind), boolByte(s.opaque))
		var ok bool
		if line, ok = u.appendEntry(line, s, linked, extras); !ok {
			return nil
		}
		lines = append(lines, sha256.Sum256(line))
		if beside := u.beside(s, extras); s.opaque || s.kind == model.Whiteout || beside != 0 {
			c.Beside += xxhash.Sum64(append(binary.LittleEndian.AppendUint64(path, beside), byte(s.kind), boolByte(s.opaque)))
		}
		if s.entry >= 0 {
			c.Times += xxhash.Sum64(binary.LittleEndian.AppendUint32(path, u.x.Times[s.entry]))
		}
	}
	slices.SortFunc(lines, func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	sum := sha256.New()
	for i := range lines {
		sum.Write(lines[i][:])
	}
	sum.Sum(c.Tree[:0])
	order := xxhash.New()
	for i := range u.x.Entries {
		e := &u.x.Entries[i]
		_, _ = order.WriteString(u.x.Dirs[e.Dir])
		order.Write([]byte{0})
		order.Write(u.x.Name(e))
		order.Write([]byte{0})
	}
	c.Order = order.Sum64()
	return c
}

// appendEntry appends what stands in a slot beside its path. It reports false where that
// is not known.
func (u *unpacker) appendEntry(line []byte, s *slot, linked map[hardLink]*names, extras map[int32]uint64) ([]byte, bool) {
	if s.entry < 0 || s.kind == model.Whiteout {
		return line, true
	}
	content, owner := s.entry, s.entry
	if group := linked[u.contentAt(s)]; group != nil {
		if group.count > 1 {
			line = appendText(line, group.first)
		}
		if content = u.contentAt(s).own; content < 0 {
			// The content is a lower layer's, which engines refuse: the path that it is
			// found at stands for it.
			h := u.links[s.link-1]
			return u.b.tree.AppendPath(line, u.b.tree.Records[h.lower].Node), true
		}
		owner = group.owner
	}
	e := &u.x.Entries[content]
	a := u.x.Attributes[u.x.Entries[owner].Owner]
	if e.Kind == model.Symlink {
		a.Mode = u.x.Attributes[e.Owner].Mode // no link to it changes that
	}
	line = binary.AppendVarint(binary.AppendVarint(binary.AppendUvarint(line, uint64(a.Mode)), a.UID), a.GID)
	line = binary.LittleEndian.AppendUint64(line, extras[content])
	switch {
	case e.Kind == model.Symlink:
		line = appendText(line, []byte(u.x.Links[e.Link]))
	case e.Kind == model.File && e.Size > 0:
		line = append(binary.AppendVarint(line, e.Size), e.Hash[:]...)
		return line, e.Flags&scan.Hashed != 0 && e.Flags&scan.HashedSHA256 == 0
	}
	return line, true
}

// beside is what a slot has beside what an entry says, as a hash, 0 for nothing.
func (u *unpacker) beside(s *slot, extras map[int32]uint64) uint64 {
	if s.entry < 0 || s.kind == model.Whiteout {
		return 0
	}
	if at := u.contentAt(s).own; at >= 0 {
		return extras[at]
	}
	return 0
}

// contentAt is what a slot shows, in a form that is the same for all its hard links.
func (u *unpacker) contentAt(s *slot) hardLink {
	if s.link == 0 {
		return hardLink{own: s.entry}
	}
	return contentOfLink(u.links[s.link-1])
}

func contentOfLink(h hardLink) hardLink {
	if h.own < 0 {
		return hardLink{own: -1, lower: h.lower}
	}
	return hardLink{own: h.own}
}

// names are those of a content that hard links lead to.
type names struct {
	count int
	first []byte // in byte order: which of them the tar has the content at does not matter
	owner int32  // the entry whose owner and mode all of them have: the last one of any link in the tar
}

// linked are the contents of the layer that hard links lead to.
func (u *unpacker) linked() map[hardLink]*names {
	if len(u.links)+len(u.again) == 0 {
		return nil
	}
	all := make(map[hardLink]*names)
	for _, h := range slices.Concat(u.links, u.again) {
		of := contentOfLink(h)
		if all[of] == nil {
			all[of] = &names{owner: h.own}
		}
		all[of].owner = max(all[of].owner, h.entry)
	}
	for i := range u.slots[1:] {
		s := &u.slots[i+1]
		if s.dead || s.isDir() || s.entry < 0 || s.kind == model.Whiteout {
			continue
		}
		group := all[u.contentAt(s)]
		if group == nil {
			continue
		}
		group.count++
		if path := u.b.tree.AppendPath(nil, s.node); group.first == nil || bytes.Compare(path, group.first) < 0 {
			group.first = path
		}
	}
	return all
}

func appendText(b, text []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}
