package view

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// ReplacedLines finds the lines of the Dockerfile that a finding's fix replaces, all
// of them and nothing else. It is nil where a program that replaces them by the
// fix's text would do harm; then only `tare fix`, which has the file itself, can
// carry it out.
func (v Findings) ReplacedLines(f *model.Finding) *model.Location {
	d := v.Report.Dockerfile
	if d == nil || f.Inherited || f.Fix == nil || f.Fix.Before == nil || f.Fix.After == nil || v.InstructionAt(f.Instruction) == nil {
		return nil
	}
	if len(*f.Fix.Before) > maxText || len(*f.Fix.After) > maxText || escapes(d.Lines) {
		return nil
	}
	for _, text := range []string{*f.Fix.Before, *f.Fix.After} {
		if strings.Contains(text, masked) {
			return nil
		}
	}
	from, to, ok := v.matchingRun(*f.Fix.Before, *f.Instruction)
	if !ok {
		return nil
	}
	steps := v.Report.Instructions[from : to+1]
	var at model.Location
	for i := range steps {
		in := &steps[i]
		l := in.Location
		if in.Inherited || in.Keyword == "ARG" || l == nil || l.File != d.File || l.Line < 1 || l.EndLine < l.Line || l.EndLine > len(d.Lines) {
			return nil
		}
		if strings.TrimSpace(strings.Join(d.Lines[l.Line-1:l.EndLine], "\n")) != strings.TrimSpace(in.Text) {
			return nil
		}
		switch {
		case i == 0:
			at = *l
		case l.Line <= at.EndLine || slices.ContainsFunc(d.Lines[at.EndLine:l.Line-1], func(line string) bool { return strings.TrimSpace(line) != "" }):
			return nil
		default:
			at.EndLine = l.EndLine
		}
	}
	return &at
}

// masked stands where a secret was.
const masked = "***"

// escapes reports whether a Dockerfile may name another escape character than
// the backslash, in which fixes are written.
func escapes(lines []string) bool {
	for _, line := range lines {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			return false
		}
		if name, _, ok := strings.Cut(line[1:], "="); ok && strings.EqualFold(strings.TrimSpace(name), "escape") {
			return true
		}
	}
	return false
}

// matchingRun finds the instructions whose texts, one a line, are before; around is one
// of them.
func (v Findings) matchingRun(before string, around int) (from, to int, ok bool) {
	all := v.Report.Instructions
	for from = around; from >= 0; from-- {
		rest := before
		for to = from; to < len(all); to++ {
			var cut bool
			if rest, cut = strings.CutPrefix(rest, all[to].Text); !cut {
				break
			}
			if rest == "" {
				if to >= around {
					return from, to, true
				}
				break
			}
			if rest, cut = strings.CutPrefix(rest, "\n"); !cut {
				break
			}
		}
	}
	return 0, 0, false
}
