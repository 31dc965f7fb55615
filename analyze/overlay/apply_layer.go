package overlay

import (
	"context"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// maxTorn is how many torn links are remembered: a finding names a hundred paths.
const maxTorn = 1000

// TornLink is a symbolic link to a directory that a layer put a directory of its
// own in the place of without saying so: the layer has paths below it and no
// entry for it.
type TornLink struct {
	Layer int
	Link  model.RecordID // the link's record, in a layer below
}

// TornLinks returns the links that the layers added so far tore, in the order of
// the layers. The slice belongs to the builder.
func (b *Builder) TornLinks() []TornLink { return b.torn }

// layOver lays an unpacked layer over the tree: first its whiteouts, then its
// entries in order, then the directories that nothing but whiteouts needed.
func (b *Builder) layOver(ctx context.Context, u *unpacker) error {
	for i := range u.x.Entries {
		if e := &u.x.Entries[i]; e.Kind >= model.Whiteout && u.land[i] != noSlot {
			b.hideLower(u, e, &u.slots[u.land[i]])
		}
	}
	o := layOver{b: b, u: u, secrets: u.x.Secrets, libraries: u.x.Libraries, programs: u.x.Executables}
	if len(u.links)+len(u.again) > 0 {
		o.records = make([]model.RecordID, len(u.x.Entries))
	}
	links, again := u.links[:u.early], u.again
	for i := range u.x.Entries {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e := &u.x.Entries[i]
		switch {
		case e.Kind >= model.Whiteout:
		case b.cost.err != nil:
			return b.cost.err
		case e.Kind != model.Link:
			o.entry(int32(i), e)
		case len(links) > 0 && links[0].entry == int32(i):
			o.link(e, links[0])
			links = links[1:]
		case len(again) > 0 && again[0].entry == int32(i):
			b.reown(b.tree.Content(o.records[again[0].own]), u.x.Attributes[e.Owner])
			again = again[1:]
		}
	}
	for _, h := range u.links[u.early:] {
		o.link(&u.x.Entries[h.entry], h)
	}
	for id := range u.slots[1:] {
		o.imply(int32(id + 1))
	}
	for _, h := range u.links {
		if h.own < 0 {
			b.unname(h.lower, hiding{cause: model.Deleted})
		}
	}
	if b.merged > 1 {
		b.note("%d more directories are both removed and brought", b.merged-1)
	}
	if b.loops > 1 {
		b.note("%d more files cannot be reached either", b.loops-1)
	}
	return nil
}

// layOver is the work of laying one layer over the tree.
type layOver struct {
	b       *Builder
	u       *unpacker
	records []model.RecordID // by entry, for the hard links to it

	// What the scan noted of entries that are still to come, in their order.
	secrets   []scan.Secret
	libraries []scan.Library
	programs  []scan.Executable
}

// entry adds the record of an entry that is neither a whiteout nor a hard link.
func (o *layOver) entry(i int32, e *scan.Entry) {
	b, x := o.b, o.u.x
	r := model.Record{Kind: e.Kind, Size: model.SizeOf(e.Size), Owner: b.tree.Intern(x.Attributes[e.Owner]), Ref: model.NoRef}
	switch e.Kind {
	case model.File:
		r.Compressed = model.SizeUnknown
		if x.AsPushed {
			r.Compressed = model.SizeOf(e.Share)
		}
	case model.Symlink:
		r.Ref = b.tree.AddText(x.Links[e.Link])
	}
	c := contentOf(e)
	var id model.RecordID
	switch at := o.u.land[i]; {
	case e.Flags&scan.Aside != 0:
		id = b.bury(b.literal(x.Path(e)), r, c, model.Deleted)
	case at == unreachable:
		if e.Kind != model.File {
			return
		}
		if b.loops++; b.loops == 1 {
			b.note("%q lies behind a loop of symbolic links and cannot be reached", brief(x.Path(e)))
		}
		id = b.bury(b.literal(x.Path(e)), r, c, model.Deleted)
	case o.u.slots[at].dead:
		id = b.bury(o.u.slots[at].node, r, c, model.Deleted)
	case o.u.slots[at].isDir() && e.Kind != model.Directory, o.u.slots[at].kind == model.Whiteout:
		id = b.bury(o.u.slots[at].node, r, c, model.Replaced)
	default:
		s := &o.u.slots[at]
		o.parents(s)
		b.count(s.node)
		id = b.place(s.node, r, c)
		s.ready = s.isDir()
	}
	if o.records != nil {
		o.records[i] = id
	}
	if e.Kind == model.File && e.Link > 0 {
		b.captured[id] = x.Captured[e.Link-1]
		b.cost.take(int64(len(b.captured[id])), 0)
		b.touched = true
	}
	if e.Kind == model.File {
		o.noted(i, id)
	}
}

// noted takes over what the scan noted of a file, by its entry and its record. Entries come in
// order, so what is about entries before is passed over.
func (o *layOver) noted(i int32, id model.RecordID) {
	b := o.b
	for len(o.secrets) > 0 && o.secrets[0].Entry < i {
		o.secrets = o.secrets[1:]
	}
	if len(o.secrets) > 0 && o.secrets[0].Entry == i {
		b.secrets[id] = o.secrets[0].Found
	}
	for len(o.libraries) > 0 && o.libraries[0].Entry < i {
		o.libraries = o.libraries[1:]
	}
	if len(o.libraries) > 0 && o.libraries[0].Entry == i {
		b.libraries[id] = &o.libraries[0].Found
	}
	for len(o.programs) > 0 && o.programs[0].Entry < i {
		o.programs = o.programs[1:]
	}
	if len(o.programs) > 0 && o.programs[0].Entry == i {
		f := o.programs[0].File
		b.executables[id] = &f
		b.cost.take(f.Memory(), 0)
	}
}

func contentOf(e *scan.Entry) content {
	return content{
		offset: e.Offset, stored: e.Stored, hash: e.Hash,
		hashed: e.Flags&scan.Hashed != 0, prefix: e.Flags&scan.HashedPrefix != 0,
		digest: e.Flags&scan.HashedSHA256 != 0, sparse: e.Flags&scan.Sparse != 0,
	}
}

// bury keeps a record that no path of the layer leads to: the layer itself
// replaced it, or it lies where no container looks. Its bytes are stored all the
// same, and a hard link may still give it a name.
func (b *Builder) bury(n model.NodeID, r model.Record, c content, cause model.Cause) model.RecordID {
	id := b.record(n, r)
	b.contents[id] = c
	b.tree.Records[id].Gone = b.index
	if r.Kind == model.File {
		v := &b.tree.Records[id]
		v.HiddenBy, v.Cause, v.Verdict = b.index, cause, model.Shadowed
	}
	return id
}

// link adds the record of a hard link.
func (o *layOver) link(e *scan.Entry, h hardLink) {
	b := o.b
	target := h.lower
	if h.own >= 0 {
		target = o.records[h.own]
	}
	target = b.tree.Content(target)
	if h.own >= 0 {
		b.reown(target, o.u.x.Attributes[e.Owner])
	}
	r := model.Record{Kind: model.Link, Ref: uint32(target), Owner: b.tree.Records[target].Owner}
	s := &o.u.slots[h.slot]
	if s.dead || s.isDir() || s.kind == model.Whiteout {
		o.records[h.entry] = b.bury(s.node, r, content{}, model.Deleted)
		return
	}
	o.parents(s)
	b.count(s.node)
	id := b.place(s.node, r, content{})
	o.records[h.entry] = id
	if _, ok := b.captured[target]; ok {
		b.captureLinks = append(b.captureLinks, id)
		b.touched = true
	} else if h.own < 0 && b.tree.Records[target].Kind == model.File {
		b.lowerLinks = append(b.lowerLinks, id)
	}
}

// reown gives a content the owner and mode of a hard link to it in the same
// layer: an engine makes the link and then sets both, as for every entry. A
// symbolic link keeps its mode.
func (b *Builder) reown(target model.RecordID, a model.Attributes) {
	r := &b.tree.Records[target]
	if r.Kind == model.Symlink {
		a.Mode = b.tree.Attributes(r).Mode
	}
	r.Owner = b.tree.Intern(a)
}

// parents makes sure that the directories above a slot stand in the tree. One
// that has an entry later in the tar is left to it where a lower layer has it.
func (o *layOver) parents(s *slot) {
	var missing []int32
	for id := s.parent; !o.u.slots[id].ready; id = o.u.slots[id].parent {
		missing = append(missing, id)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		o.imply(missing[i])
		o.u.slots[missing[i]].ready = true
	}
}

// imply puts a directory in the tree that the layer needs and does not name, or
// not yet. No layer says its mode and its owner, also where a lower layer has
// the directory: Docker and Podman then give it their own.
func (o *layOver) imply(id int32) {
	b, s := o.b, &o.u.slots[id]
	if s.ready || s.dead || !s.isDir() {
		return
	}
	if old := b.live[s.node]; old != noRecord {
		if b.isDir(old) && (s.kind == model.Directory || b.tree.Records[old].Kind == model.Implied) {
			return
		}
		b.tear(s, old)
	}
	b.place(s.node, model.Record{Kind: model.Implied, Ref: model.NoRef, Owner: b.tree.Intern(model.Attributes{UID: -1, GID: -1})}, content{})
}

// tear remembers a link to a directory that an implied directory replaces.
func (b *Builder) tear(s *slot, old model.RecordID) {
	link := b.tree.Content(old)
	if len(b.torn) >= maxTorn || s.kind != model.Implied || b.tree.Records[old].Layer == b.index || b.tree.Records[link].Kind != model.Symlink {
		return
	}
	if _, ok := b.walk(b.tree.Path(s.node)); ok {
		b.torn = append(b.torn, TornLink{Layer: int(b.index), Link: old})
	}
}
