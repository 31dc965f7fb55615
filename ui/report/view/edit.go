package view

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// Edit returns a fix as the lines of a diff, each of at most so many cells: what
// goes (-) and what comes (+), broken at the steps of the shell. Lines at the
// start and the end that stay are shown once.
func (v View) Edit(fix *model.Fix, width int) []string {
	if fix.Before == nil && fix.After == nil {
		return nil
	}
	before, after := v.sides(fix, width-2)
	start := 0
	for start < min(len(before), len(after)) && same(before[start], after[start]) {
		start++
	}
	end := 0
	for end < min(len(before), len(after))-start && same(before[len(before)-1-end], after[len(after)-1-end]) {
		end++
	}
	var lines []string
	for _, line := range after[:start] {
		lines = append(lines, "  "+line)
	}
	for _, line := range before[start : len(before)-end] {
		lines = append(lines, v.Bad("- "+line))
	}
	for _, line := range after[start : len(after)-end] {
		lines = append(lines, v.Gain("+ "+line))
	}
	for _, line := range after[len(after)-end:] {
		lines = append(lines, "  "+line)
	}
	return lines
}

// sides lays both versions out: as they are where they fit, else both of them
// step by step, so that steps which stay can be told from those that change.
func (v View) sides(fix *model.Fix, width int) (before, after []string) {
	lay := v.Instruction
	for _, side := range []*string{fix.Before, fix.After} {
		if side != nil && len(v.Instruction(Clip(*side), width)) > len(v.Lines(Clip(*side))) {
			lay = v.Steps
		}
	}
	if fix.Before != nil && *fix.Before != "" {
		before = lay(Clip(*fix.Before), width)
	}
	if fix.After != nil && *fix.After != "" {
		after = lay(Clip(*fix.After), width)
	}
	return before, after
}

// same reports whether two lines are equal but for the backslash that continues
// them on the next.
func same(a, b string) bool {
	return strings.TrimSuffix(a, ` \`) == strings.TrimSuffix(b, ` \`)
}

// SameEdit reports whether two fixes change the Dockerfile in the same way.
func SameEdit(a, b *model.Fix) bool {
	return a != nil && b != nil && equal(a.Before, b.Before) && equal(a.After, b.After)
}

func equal(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
