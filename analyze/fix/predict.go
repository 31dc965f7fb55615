package fix

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// predict sets the predicted figures of a result: the sums over the saved findings, and over
// what is not written without the packages that go. No two findings hold the same file
// version, so no byte counts twice.
func predict(r *model.Report, out *Result) {
	pull := int64(0)
	for i := range r.Findings {
		if !out.Saved[i] {
			continue
		}
		f := &r.Findings[i]
		gone := out.bytesOf(r, i)
		out.SavedBytes += gone
		if c := f.CompressedBytes; c != nil {
			pull += share(*c, gone, f.Bytes)
		}
	}
	for id, bytes := range out.traces(r) {
		record := &r.Tree.Records[id]
		out.SavedBytes += bytes
		pull += share(max(record.Compressed.Bytes(), 0), bytes, record.Size.Bytes())
	}
	out.Size = r.Image.Size - out.SavedBytes
	if whole := r.Image.CompressedSize; whole != nil {
		out.SavedPullBytes, out.PullSize = &pull, model.Ptr(*whole-pull)
	}
}

// share returns n times part / whole; n where whole is 0.
func share(n, part, whole int64) int64 {
	if whole == 0 || part == whole {
		return n
	}
	return int64(float64(n) * float64(part) / float64(whole))
}

// BytesOf returns how many bytes of a finding leave the image, 0 where the edits do
// not save it. r is the report that the result was made from.
func (out *Result) BytesOf(r *model.Report, finding int) int64 {
	if !out.Saved[finding] {
		return 0
	}
	return out.bytesOf(r, finding)
}

// bytesOf returns how many bytes of a saved finding leave the image. Where the report has no
// tree, all of them count.
func (out *Result) bytesOf(r *model.Report, finding int) int64 {
	f := &r.Findings[finding]
	if !readable(r, f) {
		return f.Bytes - stayBytes(f)
	}
	if out.stage != nil && out.stage.exclusive[finding] {
		return droppedOf(r, out.stage.Dropped, finding)
	}
	if out.removals[finding] == nil && stayBytes(f) == 0 {
		return f.Bytes
	}
	stays := out.staying(r, finding)
	stayingBytes := int64(0)
	for id := range stays {
		stayingBytes += r.Tree.Records[id].Size.Bytes()
	}
	return f.Bytes - stayingBytes
}

// readable reports whether the tree can tell a finding's file versions.
func readable(r *model.Report, f *model.Finding) bool {
	return r.Tree != nil && f.Layer != nil && *f.Layer >= 0 && *f.Layer < r.Tree.Layers()
}

// stayBytes returns how many bytes of a finding its edit keeps, by what the fix says.
func stayBytes(f *model.Finding) int64 {
	if f.Fix == nil {
		return 0
	}
	return f.Fix.StayBytes
}

// keptFiles returns the file versions of a finding that belong to packages which its edit keeps.
func keptFiles(r *model.Report, finding int) map[model.RecordID]bool {
	f := &r.Findings[finding]
	kept := make(map[model.RecordID]bool)
	if f.Fix == nil || len(f.Fix.Stays) == 0 || !readable(r, f) || r.Tree.Packages == nil {
		return kept
	}
	for id, record := range r.Tree.Layer(*f.Layer) {
		if record.Kind != model.File || record.Finding() != uint32(finding) {
			continue
		}
		if p := r.Tree.Packages[id]; p >= 0 && slices.Contains(f.Fix.Stays, r.Packages[p].Name) {
			kept[id] = true
		}
	}
	return kept
}

// staying returns the file versions of a finding that stay although its edit is made: a clean-up
// does not cover a name that they have in their layer, or they belong to a package that is kept.
func (out *Result) staying(r *model.Report, finding int) map[model.RecordID]bool {
	removal := out.removals[finding]
	f := &r.Findings[finding]
	stays := keptFiles(r, finding)
	if removal == nil || !readable(r, f) {
		return stays
	}
	t := r.Tree
	for id, record := range t.Layer(*f.Layer) {
		if record.Kind != model.File && record.Kind != model.Link {
			continue
		}
		content := t.Content(id)
		if held := &t.Records[content]; held.Kind == model.File && held.Finding() == uint32(finding) && !removal.Covers("/"+t.Path(record.Node)) {
			stays[content] = true
		}
	}
	return stays
}

// removalOf returns what commands remove; nil where one of them does something else than remove
// paths that can be told. Such a command counts as if it removed all of its finding's files.
func removalOf(commands []rewrite.Command) *rewrite.Removal {
	all := &rewrite.Removal{Recursive: true, Whole: true}
	for _, c := range commands {
		one, ok := c.Removal("")
		if !ok || !one.Whole {
			return nil
		}
		all.Targets = append(all.Targets, one.Targets...)
	}
	if len(all.Targets) == 0 {
		return nil
	}
	return all
}
