package compare

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/model"
)

// OnOneBase returns the two reports as Reports compares them: with one base, where they stand on
// the same and only one of them says where it ends.
func OnOneBase(from, to *model.Report) (a, b *model.Report) {
	a, b, _ = onOneBase(from, to)
	return a, b
}

// onOneBase returns the two reports with one base where they stand on the same and only
// one of them says where it ends: a report that was saved without the Dockerfile may have
// guessed. Without that, a base that is the same would seem to change, and waste to come
// or go. The note says what was done, "" for nothing.
func onOneBase(from, to *model.Report) (a, b *model.Report, note string) {
	told := func(base *model.Report) string {
		return fmt.Sprintf("both images stand on one base, which ends after layer %d by the old report and after %d by the new; what is inherited is counted with %d",
			from.Image.Base.Layers, to.Image.Base.Layers, base.Image.Base.Layers)
	}
	switch {
	case from.Image.Base.Layers == to.Image.Base.Layers:
	case sureOfBase(to) >= sureOfBase(from) && standsOn(from, to):
		return rebased(from, to), to, told(to)
	case sureOfBase(from) > sureOfBase(to) && standsOn(to, from):
		return from, rebased(to, from), told(from)
	}
	return from, to, ""
}

// sureOfBase is how well a report knows where its base ends: not at all, by a guess from
// its history, or from what the user or the build said.
func sureOfBase(r *model.Report) int {
	switch {
	case r.Image.Base.How == model.BaseNone:
		return 0
	case r.Image.Base.How == model.BaseByHistory && r.Dockerfile == nil:
		return 1
	}
	return 2
}

// standsOn reports whether an image begins with the layers of another one's base.
func standsOn(r, other *model.Report) bool {
	n := other.Image.Base.Layers
	if n <= 0 || n >= len(r.Layers) || n > len(other.Layers) {
		return false
	}
	return slices.EqualFunc(r.Layers[:n], other.Layers[:n], func(a, b model.Layer) bool {
		return a.DiffID != nil && b.DiffID != nil && *a.DiffID == *b.DiffID
	})
}

// rebased is a copy of a report with the base of another. What a change saves of what is
// inherited now is no longer avoidable.
func rebased(r, other *model.Report) *model.Report {
	copied := *r
	copied.Layers, copied.Instructions, copied.Findings = slices.Clone(r.Layers), slices.Clone(r.Instructions), slices.Clone(r.Findings)
	copied.Image.Base = other.Image.Base
	copied.MarkInherited()
	lost := make(map[string]int64) // bytes that were own, by finding
	for i := range copied.Findings {
		f := &copied.Findings[i]
		was := f.Inherited
		switch {
		case f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(copied.Layers):
			f.Inherited = copied.Layers[*f.Layer].Inherited && (f.HiddenBy == nil || *f.HiddenBy < other.Image.Base.Layers)
		case f.Instruction != nil && *f.Instruction >= 0 && *f.Instruction < len(copied.Instructions):
			f.Inherited = copied.Instructions[*f.Instruction].Inherited
		}
		if f.Inherited && !was {
			lost[f.ID] = f.Bytes
		}
	}
	s := &copied.Summary
	s.Own, s.Inherited = model.Scopes(copied.Layers, copied.Findings)
	if len(lost) > 0 {
		s.AvoidableBytes = 0
		wasted := model.WastedByID(slices.DeleteFunc(slices.Clone(copied.Findings), func(f model.Finding) bool { return f.Inherited }))
		for _, c := range r.Changes {
			for _, id := range c.Findings {
				c.Bytes = max(c.Bytes-lost[id], 0)
			}
			s.AvoidableBytes += c.Avoidable(wasted)
		}
		s.AvoidableBytes = min(s.AvoidableBytes, s.WastedBytes)
		s.UnavoidableBytes = s.WastedBytes - s.AvoidableBytes
	}
	return &copied
}
