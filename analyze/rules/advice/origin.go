package advice

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// Origin follows the files of a finding that a RUN stored once more, with another
// owner or mode, down to the COPY or ADD that brought them all: leaving them out
// there rids both layers of them. It reports false where they did not all come with
// one such instruction of the image's own.
func Origin(f *model.Finding, b *rules.Build, made int) (from int, ok bool) {
	from, ok = StoredFirst(f, b, made)
	return from, ok && (b.Parsed().Keyword(from) == "COPY" || b.Parsed().Keyword(from) == "ADD")
}

// storesOthersAgain reports whether a RUN has stored once more what several instructions have brought, and
// whether all of those copy it from the build context.
func storesOthersAgain(f *model.Finding, b *rules.Build, made int) (again, fromContext bool) {
	if _, one := StoredFirst(f, b, made); one || b.Tree == nil || f.Layer == nil || b.Parsed().Keyword(made) != "RUN" {
		return false, false
	}
	fromContext = true
	for _, name := range f.Paths {
		node, known := b.Tree.Lookup(name)
		if !known {
			return false, false
		}
		id, there := b.Tree.At(node, *f.Layer-1)
		if !there {
			return false, false // it is the RUN's own
		}
		r := &b.Tree.Records[id]
		layer := int(r.Layer)
		step := b.Step(&layer)
		if step == nil || step.Inherited {
			return false, false
		}
		if r.Kind == model.File && r.Cause != model.Copied {
			return false, false // it has other content now
		}
		in, copied := b.Parsed().Copy(step.Index)
		if copied {
			_, stage := in.Flag("--from")
			copied = !stage
		}
		fromContext = fromContext && copied
	}
	return len(f.Paths) > 0, fromContext
}

// StoredFirst is Origin for an instruction of any kind.
func StoredFirst(f *model.Finding, b *rules.Build, made int) (from int, ok bool) {
	if b == nil || b.Tree == nil || b.Parsed().Keyword(made) != "RUN" || f.Layer == nil {
		return 0, false
	}
	from = -1
	for _, name := range f.Paths {
		node, known := b.Tree.Lookup(name)
		if !known {
			return 0, false
		}
		id, there := b.Tree.At(node, *f.Layer)
		if !there || int(b.Tree.Records[id].Layer) != *f.Layer {
			return 0, false
		}
		layer := *f.Layer
		for below := b.Tree.Below(id); below != model.NoRecord; below = b.Tree.Below(below) {
			r := &b.Tree.Records[below]
			if r.Kind != model.File || r.Verdict != model.Shadowed || r.Cause != model.Copied {
				break
			}
			layer = int(r.Layer)
		}
		step := b.Step(&layer)
		if layer == *f.Layer || step == nil || step.Inherited || from >= 0 && step.Index != from {
			return 0, false
		}
		from = step.Index
	}
	return from, from >= 0
}
