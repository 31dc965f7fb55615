package model

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

func TestSize(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int64{0, 1, 255, 256, 1<<32 - 1, 1 << 32, MaxSize, r.Int64N(MaxSize), r.Int64N(MaxSize)} {
		if got := SizeOf(n).Bytes(); got != n {
			t.Errorf("%d became %d", n, got)
		}
	}
	for _, n := range []int64{-1, MaxSize + 1, 1 << 62, -1 << 63} {
		if got := SizeOf(n); got != SizeUnknown || got.Bytes() != -1 {
			t.Errorf("%d became %d", n, got.Bytes())
		}
	}
	if got := (Size{}).Bytes(); got != 0 {
		t.Errorf("the zero value is %d", got)
	}
}

// TestRecordIsSmall holds the ledger to what its types promise: with the four
// bytes of a package's index an entry costs 56 bytes beyond its name.
func TestRecordIsSmall(t *testing.T) {
	if record, node := unsafe.Sizeof(Record{}), unsafe.Sizeof(Node{}); record != 32 || node != 20 {
		t.Errorf("a record has %d bytes, a node %d", record, node)
	}
}

// TestBelow stacks records at random and compares with lists.
func TestBelow(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	tree := NewTree()
	nodes := []NodeID{Root}
	for range 50 {
		nodes = append(nodes, tree.AddNode(Root, "n"))
	}
	lists := make(map[NodeID][]RecordID)
	for range 500 {
		n := nodes[r.IntN(len(nodes))]
		id := tree.Push(Record{Node: n})
		lists[n] = append(lists[n], id)
		if tree.Nodes[n].Last != id {
			t.Fatal("the newest record is not the last")
		}
	}
	for n, list := range lists {
		at := tree.Nodes[n].Last
		for i := len(list) - 1; i >= 0; i-- {
			if at != list[i] {
				t.Fatalf("node %d: record %d instead of %d", n, at, list[i])
			}
			at = tree.Below(at)
		}
		if at != NoRecord {
			t.Errorf("node %d: there is record %d below the first", n, at)
		}
	}
}

func TestRefIsTheKinds(t *testing.T) {
	if got := (&Record{Kind: Link, Ref: 7}).Finding(); got != NoFinding {
		t.Errorf("a link is held by finding %d", got)
	}
	if got := (&Record{Kind: File, Ref: 7}).Finding(); got != 7 {
		t.Errorf("a file is held by finding %d", got)
	}
	if got := (&Record{Kind: Link, Ref: 7}).Target(); got != 7 {
		t.Errorf("a link links to %d", got)
	}
}
