package fix

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// instructionOf returns the instruction that makes a finding's bytes after the edits so far, an
// index in the history; nil where no instruction makes them any more.
func (p *plan) instructionOf(f *model.Finding) *int {
	if f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(p.build.Layers) {
		return p.build.Layers[*f.Layer].Instruction
	}
	if f.Instruction == nil || len(p.result.Applied) == 0 {
		return f.Instruction
	}
	// Edits have moved what stands below them: the file knows which line came from where.
	for i, at := range p.at {
		if at != nil && slices.Contains(at.origins, *f.Instruction) {
			return &i
		}
	}
	return nil
}

// find looks for the instructions that a fix starts from. The instruction at the index around,
// which made the bytes, must be among them.
func (p *plan) find(fix *model.Fix, around int) (from, to int, ok bool) {
	if fix == nil || fix.Before == nil || around < 0 || around >= len(p.at) {
		return 0, 0, false
	}
	return spanOf(*fix.Before, around, len(p.build.Instructions), func(i int) string { return p.build.Instructions[i].Text })
}

// isWhereItWas reports whether the report's edit for a finding starts at the instruction that it
// started from before all edits: of instructions that are alike, another one may be found.
func (p *plan) isWhereItWas(f *model.Finding, from int) bool {
	if f.Instruction == nil || *f.Instruction >= len(p.originals) || p.at[from] == nil {
		return true
	}
	was, _, ok := spanOf(*f.Fix.Before, *f.Instruction, len(p.originals), func(i int) string { return p.originals[i] })
	return !ok || slices.Contains(p.at[from].origins, was)
}

// spanOf looks for consecutive ones of n instructions that together are a text. The instruction at
// the index around must be among them.
func spanOf(text string, around, n int, instruction func(int) string) (from, to int, ok bool) {
	for from = around; from >= 0; from-- {
		rest := text
		for to = from; to < n; to++ {
			if rest, ok = strings.CutPrefix(rest, instruction(to)); !ok {
				break
			}
			if rest == "" {
				return from, to, to >= around
			}
			if rest, ok = strings.CutPrefix(rest, "\n"); !ok {
				break
			}
		}
	}
	return 0, 0, false
}

// inTheWay returns the instructions of the edits that have changed what the report's edit for a
// finding starts from. Without them, the finding would get that edit: so they are one change.
func (p *plan) inTheWay(f *model.Finding) (instructions []int) {
	if f.Fix == nil || f.Fix.Before == nil || f.Instruction == nil || *f.Instruction >= len(p.originals) {
		return nil
	}
	from, to, ok := spanOf(*f.Fix.Before, *f.Instruction, len(p.originals), func(i int) string { return p.originals[i] })
	if !ok {
		return nil
	}
	for _, piece := range p.at {
		if piece != nil && piece.edited != "" && slices.ContainsFunc(piece.origins, func(i int) bool { return from <= i && i <= to }) {
			instructions = append(instructions, piece.origins...)
		}
	}
	return instructions
}

// editedBy returns the rule whose fix edited an instruction or a neighbour of it, "" where none
// did.
func (p *plan) editedBy(i int) string {
	for _, piece := range p.at[max(i-1, 0):min(i+2, len(p.at))] {
		if piece != nil && piece.edited != "" {
			return piece.edited
		}
	}
	return ""
}
