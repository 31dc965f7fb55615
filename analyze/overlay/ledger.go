package overlay

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// DuplicateMin is the size from which the same content twice is worth a word.
const DuplicateMin = 4096

// Ledger is the tree of a finished image, in which every file version is
// shadowed, with its cause, or live. Rules turn some of the live ones into
// leftovers; Duplicates comes after them.
type Ledger struct {
	Tree     *model.Tree
	contents []content
	layers   []layer
}

// Finish ends the stacking: it compares contents where that tells a copy from
// other content, and gives the tree away. The builder must not be used
// afterwards. A cancelled context leaves undecided versions "replaced".
func (b *Builder) Finish(ctx context.Context) (*Ledger, error) {
	l := &Ledger{Tree: b.tree, contents: b.contents, layers: b.layers}
	var need []model.RecordID
	for old, new := range b.successor {
		need = append(need, old, new)
	}
	if err := l.hash(ctx, need); err != nil {
		return l, err
	}
	for old, new := range b.successor {
		if l.same(old, new) {
			l.Tree.Records[old].Cause = model.Copied
		}
	}
	l.Tree.Trim()
	return l, nil
}

// FillSums gives the tree a part of each content's hash, as far as it is known.
func (l *Ledger) FillSums() {
	l.Tree.Sums = make([]uint64, len(l.contents))
	for i := range l.contents {
		if c := &l.contents[i]; c.hashed && !c.digest {
			l.Tree.Sums[i] = binary.LittleEndian.Uint64(c.hash[:])
		}
	}
}

// same reports whether two versions of equal size have the same content. A sparse
// file's is never compared, nor are hashes of different keys.
func (l *Ledger) same(a, b model.RecordID) bool {
	x, y := &l.contents[a], &l.contents[b]
	return x.hashed && y.hashed && x.digest == y.digest && x.hash == y.hash && l.layerOf(a).key == l.layerOf(b).key
}

// layerOf is the layer that holds a version.
func (l *Ledger) layerOf(id model.RecordID) *layer { return &l.layers[l.Tree.Records[id].Layer] }

// hash makes sure that the contents of versions are hashed, reading those that
// were passed over, several at a time, in the order they lie on the disk.
func (l *Ledger) hash(ctx context.Context, need []model.RecordID) error {
	need = slices.DeleteFunc(need, func(id model.RecordID) bool {
		c := &l.contents[id]
		return c.hashed || c.sparse || l.layerOf(id).at == nil
	})
	slices.Sort(need)
	need = slices.Compact(need)
	if len(need) == 0 {
		return ctx.Err()
	}
	workers := min(runtime.GOMAXPROCS(0), len(need))
	var g *errgroup.Group
	g, ctx = errgroup.WithContext(ctx)
	for w := range workers {
		part := need[w*len(need)/workers : (w+1)*len(need)/workers]
		g.Go(func() error {
			buf := make([]byte, 128<<10)
			for _, id := range part {
				c := &l.contents[id]
				from := l.layerOf(id)
				sum, err := from.key.HashAt(ctx, from.at, c.offset, c.stored, buf)
				if err != nil {
					return err
				}
				c.hash, c.hashed = sum, true
			}
			return nil
		})
	}
	return g.Wait()
}

// Duplicates finds the live versions of DuplicateMin bytes or more whose content
// another live version has, too. The first in byte order of the first visible
// name stays live; the others become duplicates. It returns, for each of these,
// the one that stays.
func (l *Ledger) Duplicates(ctx context.Context) (map[model.RecordID]model.RecordID, error) {
	t := l.Tree
	duplicateOf := make(map[model.RecordID]model.RecordID)
	var ids []model.RecordID
	for i := range t.Records {
		r := &t.Records[i]
		if r.Kind == model.File && r.Verdict == model.Live && r.Size.Bytes() >= DuplicateMin && !l.contents[i].sparse {
			ids = append(ids, model.RecordID(i))
		}
	}
	size := func(id model.RecordID) int64 { return t.Records[id].Size.Bytes() }
	slices.SortFunc(ids, func(a, b model.RecordID) int { return cmp.Or(cmp.Compare(size(a), size(b)), cmp.Compare(a, b)) })
	ids = repeated(ids, func(a, b model.RecordID) bool { return size(a) == size(b) })
	ids, err := l.sameHead(ctx, ids)
	if err != nil {
		return duplicateOf, err
	}
	if err := l.hash(ctx, slices.Clone(ids)); err != nil {
		return duplicateOf, err
	}
	hash := func(id model.RecordID) []byte { return l.contents[id].hash[:] }
	slices.SortFunc(ids, func(a, b model.RecordID) int {
		return cmp.Or(cmp.Compare(size(a), size(b)), bytes.Compare(hash(a), hash(b)), cmp.Compare(a, b))
	})
	sameContent := func(a, b model.RecordID) bool { return size(a) == size(b) && l.same(a, b) }
	ids = repeated(ids, sameContent)
	names := t.VisibleNames()
	for len(ids) > 0 {
		end := 1
		for end < len(ids) && sameContent(ids[0], ids[end]) {
			end++
		}
		first, name := ids[0], names.First(ids[0])
		for _, id := range ids[1:end] {
			// Asked once for each version: one can have any number of names.
			if other := names.First(id); t.ComparePath(other, name) < 0 {
				first, name = id, other
			}
		}
		for _, id := range ids[:end] {
			if id != first {
				t.Records[id].Verdict = model.Duplicate
				duplicateOf[id] = first
			}
		}
		ids = ids[end:]
	}
	return duplicateOf, nil
}

// sameHead drops from versions, sorted by size, those that begin like no other
// of their size, so that only likely duplicates are read whole. A version that
// is hashed already is not read for its head: it speaks for all of its size. The
// scan has seen most heads.
func (l *Ledger) sameHead(ctx context.Context, ids []model.RecordID) ([]model.RecordID, error) {
	t := l.Tree
	heads := make(map[model.RecordID]scan.Sum)
	buf := make([]byte, scan.HeadBytes)
	for _, id := range ids {
		c := &l.contents[id]
		from := l.layerOf(id)
		if c.hashed || from.at == nil || c.stored <= scan.HeadBytes {
			continue
		}
		if c.prefix {
			heads[id] = c.hash
			continue
		}
		sum, err := from.key.HashAt(ctx, from.at, c.offset, scan.HeadBytes, buf)
		if err != nil {
			return nil, err
		}
		heads[id] = sum
	}
	type beginning struct {
		size int64
		head scan.Sum
	}
	like := make(map[beginning]int)
	unhashed := make(map[int64]bool)
	for _, id := range ids {
		if head, ok := heads[id]; ok {
			like[beginning{t.Records[id].Size.Bytes(), head}]++
		} else {
			unhashed[t.Records[id].Size.Bytes()] = true
		}
	}
	return slices.DeleteFunc(ids, func(id model.RecordID) bool {
		size := t.Records[id].Size.Bytes()
		return !unhashed[size] && like[beginning{size, heads[id]}] < 2
	}), nil
}

// repeated keeps the elements of a sorted list that have an equal neighbour.
func repeated(ids []model.RecordID, equal func(a, b model.RecordID) bool) []model.RecordID {
	kept := ids[:0]
	for start := 0; start < len(ids); {
		end := start + 1
		for end < len(ids) && equal(ids[start], ids[end]) {
			end++
		}
		if end-start > 1 {
			kept = append(kept, ids[start:end]...)
		}
		start = end
	}
	return kept
}
