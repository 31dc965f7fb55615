package gate

import (
	"slices"

	"github.com/tare-oci/tare/model"
)

// isNew reports whether the older image does not have a risk: none of the same rule at a
// path that it names or, where it names none, at an instruction of the same text.
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

// instructionText is the text of the instruction that a finding is about, "" where it is
// about none.
func instructionText(r *model.Report, f *model.Finding) string {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(r.Instructions) {
		return ""
	}
	return r.Instructions[*f.Instruction].Text
}
