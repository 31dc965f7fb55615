package overlay

import (
	"github.com/tare-oci/tare/model"
)

// grow makes the builder's tables as long as the tree's.
func (b *Builder) grow() {
	for len(b.live) < len(b.tree.Nodes) {
		b.live = append(b.live, noRecord)
		b.firstLive = append(b.firstLive, model.NoNode)
		b.nextLive = append(b.nextLive, model.NoNode)
		b.measure(len(b.listed))
		b.listed = append(b.listed, false)
		b.slotOf = append(b.slotOf, noSlot)
	}
}

// child returns the node of a name below dir, a new one if need be.
func (b *Builder) child(dir model.NodeID, name []byte) model.NodeID {
	n, ok := b.paths.find(dir, name)
	if !ok {
		n = b.paths.add(dir, name)
		b.grow()
	}
	return n
}

// record appends a record at a node for the layer that is being added.
func (b *Builder) record(n model.NodeID, r model.Record) model.RecordID {
	r.Node, r.Layer, r.Gone, r.HiddenBy = n, b.index, model.StillThere, model.StillThere
	if r.Kind == model.File {
		r.Ref = model.NoFinding
	}
	b.cost.take(0, int64(b.cost.length[n]))
	id := b.tree.Push(r)
	b.names = append(b.names, 0)
	b.contents = append(b.contents, content{})
	return id
}

// place makes r what is visible at n, and hides what was there before. It
// returns the record.
func (b *Builder) place(n model.NodeID, r model.Record, c content) model.RecordID {
	old := b.live[n]
	id := b.record(n, r)
	b.contents[id] = c
	new := b.tree.Content(id)
	b.names[new]++
	if k := b.tree.Records[new].Kind; k == model.File && b.tree.Records[new].Verdict == model.Shadowed {
		// A version without a path of its own, such as one in AUFS's link
		// directory, gets its first name.
		v := &b.tree.Records[new]
		v.Verdict, v.Cause, v.HiddenBy = model.Live, model.NoCause, model.StillThere
	}
	if old != noRecord {
		wasDir, isDir := b.isDir(old), r.Kind == model.Directory || r.Kind == model.Implied
		if wasDir && !isDir {
			b.hideBelow(n, hiding{cause: model.Deleted})
		}
		b.drop(n, hiding{cause: model.Replaced, by: new})
	}
	b.live[n] = id
	for at := n; at != model.Root && !b.listed[at]; at = b.tree.Nodes[at].Parent {
		parent := b.tree.Nodes[at].Parent
		b.listed[at] = true
		b.nextLive[at] = b.firstLive[parent]
		b.firstLive[parent] = at
	}
	return id
}

func (b *Builder) isDir(id model.RecordID) bool {
	k := b.tree.Records[id].Kind
	return k == model.Directory || k == model.Implied
}

// hiding records why, and by what, a name became invisible.
type hiding struct {
	cause model.Cause
	by    model.RecordID // for Replaced: the content that stands there now
	count bool           // a whiteout did it: count the path as deleted
}

// drop takes the name at n away. The caller may put another one there.
func (b *Builder) drop(n model.NodeID, h hiding) {
	r := &b.tree.Records[b.live[n]]
	r.Gone = b.index
	if h.count && r.Kind != model.Implied {
		b.tally.Deleted++
	}
	id := b.tree.Content(b.live[n])
	b.live[n] = noRecord
	b.unname(id, h)
}

// unname takes one name of a content away, and with the last one its bytes.
func (b *Builder) unname(id model.RecordID, h hiding) {
	if _, ok := b.captured[id]; ok {
		b.touched = true
	}
	if b.names[id]--; b.names[id] > 0 {
		return
	}
	v := &b.tree.Records[id]
	if v.Kind != model.File {
		return
	}
	if content, ok := b.captured[id]; ok {
		delete(b.captured, id)
		b.remember(id, content)
	}
	v.HiddenBy, v.Verdict, v.Cause = b.index, model.Shadowed, h.cause
	if h.cause == model.Replaced && h.by != id {
		if w := &b.tree.Records[h.by]; w.Kind == model.File && w.Size == v.Size {
			b.successor[id] = h.by
		}
	}
}

// hideTree hides n and all below it.
func (b *Builder) hideTree(n model.NodeID, h hiding) {
	b.hideBelow(n, h)
	if b.live[n] != noRecord {
		b.drop(n, h)
	}
}

// hideBelow hides all below n and empties the lists it walks, so that no node
// is walked twice for one time it was put there.
func (b *Builder) hideBelow(n model.NodeID, h hiding) {
	stack := []model.NodeID{n}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		child := b.firstLive[at]
		b.firstLive[at] = model.NoNode
		for child != model.NoNode {
			next := b.nextLive[child]
			b.listed[child] = false
			if b.live[child] != noRecord {
				b.drop(child, h)
			}
			stack = append(stack, child)
			child = next
		}
	}
}
