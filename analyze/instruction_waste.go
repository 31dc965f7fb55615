package analyze

import "github.com/tare-oci/tare/model"

// blame starts the instructions' wasted bytes with those of copies: what a chown -R
// stores again counts at the chown, and not at the instruction that made the files,
// whose layer holds the bytes that nobody needs any more. addUp adds the layers' own.
//
// Bytes move only where the last of the copies is of use. Where it is waste itself,
// the instruction that made it answers for that one, and each other for its own, so
// that none wastes more than it stored.
func blame(r *model.Report) {
	for i := range r.Instructions {
		r.Instructions[i].WastedBytes = 0
	}
	t := r.Tree
	for n := range t.Nodes {
		useful := false
		for id := t.Nodes[n].Last; id != model.NoRecord; id = t.Below(id) {
			v := &t.Records[id]
			if v.Kind != model.File {
				useful = false
				continue
			}
			if v.Verdict != model.Shadowed || v.Cause != model.Copied {
				useful = v.Verdict == model.Live || v.Verdict == model.Duplicate
				continue
			}
			if useful {
				move(r, v)
			}
		}
	}
}

// move takes a version's bytes from the instruction that stored it to the one that
// stored it again.
func move(r *model.Report, v *model.Record) {
	from, to := r.Layers[v.Layer].Instruction, r.Layers[v.HiddenBy].Instruction
	if from != nil && to != nil {
		r.Instructions[*from].WastedBytes -= v.Size.Bytes()
		r.Instructions[*to].WastedBytes += v.Size.Bytes()
	}
}
