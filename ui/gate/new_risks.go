package gate

import (
	"slices"

	"github.com/tare-oci/tare/model"
)

// isNew reports whether a risk is new: the older image has no finding of the same rule at one of
// the paths that count or, if the risk has no paths, at an instruction of the same text.
func (g *Growth) isNew(f *model.Finding, paths []string) bool {
	return g == nil || len(f.Paths) == 0 && !g.isKnown(f) || len(g.fresh(f, paths)) > 0
}

// isKnown reports whether the older image has a risk without paths, too.
func (g *Growth) isKnown(f *model.Finding) bool {
	text := instructionText(g.newer, f)
	return slices.ContainsFunc(g.older.Findings, func(was model.Finding) bool {
		return was.Rule == f.Rule && was.Confidence != model.Possible && len(was.Paths) == 0 && instructionText(g.older, &was) == text
	})
}

// fresh returns those of a risk's paths at which the older image has no risk of the same rule.
func (g *Growth) fresh(f *model.Finding, paths []string) []string {
	if g == nil {
		return nil
	}
	var known []string
	for i := range g.older.Findings {
		if was := &g.older.Findings[i]; was.Rule == f.Rule && was.Confidence != model.Possible {
			known = append(known, was.Paths...)
		}
	}
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return slices.Contains(known, p) })
}

// instructionText returns the text of the instruction that a finding is about, "" if it is about
// the whole image.
func instructionText(r *model.Report, f *model.Finding) string {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(r.Instructions) {
		return ""
	}
	return r.Instructions[*f.Instruction].Text
}
