package load

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/model"
)

// whiteouts adds, for each version that was deleted, what says so in the layer
// that deleted it. The row does not tell whether that was a whiteout of the file
// or of a directory above; the file's own is as true.
func (t *treeReader) whiteouts() {
	type place struct {
		node  model.NodeID
		layer uint16
	}
	there := make(map[place]bool)
	deleted := false
	for i := range t.records {
		r := &t.records[i]
		deleted = deleted || r.Cause == model.Deleted && r.HiddenBy > r.Layer
	}
	if !deleted {
		return
	}
	for i := range t.records {
		there[place{t.records[i].Node, t.records[i].Layer}] = true
	}
	for i := range len(t.records) {
		r := t.records[i]
		at := place{r.Node, r.HiddenBy}
		if r.Cause != model.Deleted || r.HiddenBy == r.Layer || there[at] {
			continue
		}
		there[at] = true
		t.add(model.Record{Kind: model.Whiteout, Node: r.Node, Layer: r.HiddenBy, Ref: model.NoRef, Owner: r.Owner, Gone: model.StillThere, HiddenBy: model.StillThere}, nil, nil)
	}
}

// finish groups the records by layer, ties them to the report's findings and
// packages, and holds them to its figures.
func (t *treeReader) finish(r *model.Report) (*model.Tree, error) {
	for i := range t.records {
		if rec := &t.records[i]; int(rec.Layer) >= len(r.Layers) || rec.Verdict == model.Shadowed && int(rec.HiddenBy) >= len(r.Layers) {
			return nil, fmt.Errorf("files: a row names a layer, and there are %d", len(r.Layers))
		}
	}
	t.whiteouts()
	tree := t.tree
	tree.Starts = make([]int, len(r.Layers)+1)
	for i := range t.records {
		tree.Starts[t.records[i].Layer+1]++
	}
	for i := range r.Layers {
		tree.Starts[i+1] += tree.Starts[i]
	}
	place := make([]model.RecordID, len(t.records)) // of each row's record
	next := slices.Clone(tree.Starts)
	for i := range t.records {
		l := t.records[i].Layer
		place[i] = model.RecordID(next[l])
		next[l]++
	}
	sorted := make([]model.Record, len(t.records))
	if len(r.Packages) > 0 {
		tree.Packages = make([]int32, len(t.records))
		if slices.ContainsFunc(r.Packages, func(p model.Package) bool { return p.IsLibrary() }) {
			tree.Libraries = slices.Repeat([]int32{-1}, len(t.records))
		}
	}
	holders, owners := newHolders(r), newOwners(r)
	for i := range t.records {
		rec := t.records[i]
		if rec.Kind == model.Link {
			rec.Ref = uint32(place[rec.Ref])
		}
		if rec.Kind == model.File {
			holder, ok := holders.find(&rec, t.texts[t.cause[i]], tree)
			if !ok {
				return nil, fmt.Errorf("files: no finding holds %q, which is %s", brief(tree.Path(rec.Node)), rec.Verdict)
			}
			rec.Ref = holder
		}
		sorted[place[i]] = rec
		owner, ok := owners.find(t.texts[t.owner[i]], int(rec.Layer), func() string { return tree.Path(rec.Node) })
		if !ok {
			return nil, fmt.Errorf("files: %q is of a package that is not listed", brief(tree.Path(rec.Node)))
		}
		switch at := place[i]; {
		case tree.Packages == nil:
		case owner >= 0 && r.Packages[owner].IsLibrary():
			tree.Packages[at], tree.Libraries[at] = -1, owner
		default:
			tree.Packages[at] = owner
		}
	}
	t.records = nil
	tree.Records = make([]model.Record, 0, len(sorted))
	for i := range sorted {
		tree.Push(sorted[i])
	}
	return tree, checkTree(r, tree)
}

// checkTree holds the rows to the report's figures, and refuses two things at
// one path.
func checkTree(r *model.Report, t *model.Tree) error {
	var verdicts [4]int64
	seen := make([]bool, len(t.Nodes))
	for i := range r.Layers {
		l := &r.Layers[i]
		files, bytes, wasted := 0, int64(0), int64(0)
		for _, rec := range t.Layer(i) {
			if rec.Kind < model.Whiteout && rec.Gone == model.StillThere {
				if seen[rec.Node] {
					return fmt.Errorf("files: %q stands there twice", brief(t.Path(rec.Node)))
				}
				seen[rec.Node] = true
			}
			if rec.Kind != model.File {
				continue
			}
			files++
			if bytes += rec.Size.Bytes(); bytes > maxBytes {
				return unsound("the files of layer %d are larger than any image", i)
			}
			if rec.Verdict == model.Shadowed || rec.Verdict == model.Leftover {
				wasted += rec.Size.Bytes()
			}
			verdicts[rec.Verdict] += rec.Size.Bytes()
		}
		if files != l.Files || bytes != l.Size || wasted != l.WastedBytes {
			return unsound("the files listed of layer %d are %d of %d bytes, %d of them wasted; the layer has %d of %d, %d wasted", i, files, bytes, wasted, l.Files, l.Size, l.WastedBytes)
		}
	}
	s := &r.Summary
	if verdicts[model.Shadowed] != s.ShadowedBytes || verdicts[model.Leftover] != s.LeftoverBytes || verdicts[model.Duplicate] != s.DuplicateBytes {
		return unsound("the files' verdicts are not what the summary says")
	}
	return nil
}
