package overlay

import (
	"hash/maphash"

	"github.com/tare-oci/tare/model"
)

// pathTable finds the node of a name below a directory. It is an open-addressing
// table of node numbers, so it costs eight bytes a path and leaves with the
// builder; the seed is random, so that no image can be made to collide.
type pathTable struct {
	tree  *model.Tree
	seed  maphash.Seed
	slots []uint32 // node number; 0 is free, for the root is nobody's child
	used  int
}

func newPathTable(tree *model.Tree) *pathTable {
	return &pathTable{tree: tree, seed: maphash.MakeSeed(), slots: make([]uint32, 1<<10)}
}

func (p *pathTable) start(parent model.NodeID, name []byte) uint64 {
	return maphash.Bytes(p.seed, name) ^ uint64(parent)*0x9e3779b97f4a7c15
}

// find returns the child of parent called name, or ok false.
func (p *pathTable) find(parent model.NodeID, name []byte) (n model.NodeID, ok bool) {
	mask := uint64(len(p.slots) - 1)
	for i := mix(p.start(parent, name)); ; i++ {
		slot := p.slots[i&mask]
		if slot == 0 {
			return 0, false
		}
		n := model.NodeID(slot)
		if p.tree.Nodes[n].Parent == parent && string(p.tree.NameBytes(n)) == string(name) {
			return n, true
		}
	}
}

// add makes the child of parent called name. There must be none yet.
func (p *pathTable) add(parent model.NodeID, name []byte) model.NodeID {
	if 2*(p.used+1) > len(p.slots) {
		p.grow()
	}
	n := p.tree.AddNode(parent, string(name))
	p.put(n)
	return n
}

func (p *pathTable) put(n model.NodeID) {
	mask := uint64(len(p.slots) - 1)
	i := mix(p.start(p.tree.Nodes[n].Parent, p.tree.NameBytes(n)))
	for p.slots[i&mask] != 0 {
		i++
	}
	p.slots[i&mask] = uint32(n)
	p.used++
}

func (p *pathTable) grow() {
	old := p.slots
	p.slots = make([]uint32, 2*len(old))
	p.used = 0
	for _, n := range old {
		if n != 0 {
			p.put(model.NodeID(n))
		}
	}
}

func mix(h uint64) uint64 { return h ^ h>>32 }
