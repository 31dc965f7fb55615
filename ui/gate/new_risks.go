package gate

import (
	"slices"

	"github.com/tare-oci/tare/model"
)

// isNew reports whether a risk is new: the older image has no finding of the same rule at one of
// its paths or, if the risk has no paths, at an instruction of the same text.
func (g *Growth) isNew(f *model.Finding) bool {
	if g == nil {
		return true
	}
	text := instructionText(g.newer, f)
	var known []string
	for i := range g.older.Findings {
		was := &g.older.Findings[i]
		if was.Rule != f.Rule || was.Confidence == model.Possible {
			continue
		}
		if len(f.Paths) == 0 && len(was.Paths) == 0 && instructionText(g.older, was) == text {
			return false
		}
		known = append(known, was.Paths...)
	}
	return len(f.Paths) == 0 || slices.ContainsFunc(f.Paths, func(p string) bool { return !slices.Contains(known, p) })
}

// instructionText returns the text of the instruction that a finding is about, "" if it is about
// the whole image.
func instructionText(r *model.Report, f *model.Finding) string {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(r.Instructions) {
		return ""
	}
	return r.Instructions[*f.Instruction].Text
}
