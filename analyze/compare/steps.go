package compare

import (
	"slices"

	"github.com/tare-oci/tare/model"
)

// Step is a step of one image beside the same step of the other.
type Step struct {
	model.InstructionChange
	Same bool // in its text, its bytes and its waste; Kind is Changed then
}

// Steps returns all steps of two images beside each other, those that are the same in
// both included, in the order of the builds. A step that went stands before the next
// one that both images have. The instructions of a comparison are those of the steps
// that are not the same.
func Steps(from, to *model.Report) []Step {
	c := &comparison{old: from, new: to, from: buildOf(from), to: buildOf(to)}
	c.partner = align(c.from.all, c.to.all)
	steps := make([]Step, 0, max(len(c.from.all), len(c.to.all)))
	c.eachStep(func(s Step) { steps = append(steps, s) })
	return steps
}

// eachStep calls do for each step of the two images, in the order of the builds.
func (c *comparison) eachStep(do func(Step)) {
	from := 0
	for to := range c.to.all {
		if c.partner[to] >= 0 {
			for ; from < c.partner[to]; from++ {
				do(c.step(from, -1))
			}
			from++
		}
		do(c.step(c.partner[to], to))
	}
	for ; from < len(c.from.all); from++ {
		do(c.step(from, -1))
	}
}

// step compares two steps, either of which may be -1 for none.
func (c *comparison) step(from, to int) Step {
	s := Step{InstructionChange: model.InstructionChange{Old: c.from.at(from), New: c.to.at(to)}}
	var was, is buildStep
	if from >= 0 {
		was = c.from.all[from]
	}
	if to >= 0 {
		is = c.to.all[to]
	}
	s.Bytes, s.WastedBytes = model.DeltaOf(was.bytes, is.bytes), model.DeltaOf(was.wasted, is.wasted)
	switch {
	case from < 0:
		s.Kind = model.Added
	case to < 0:
		s.Kind = model.Removed
	default:
		s.Kind = kindOfChange(s.Bytes)
		s.Same = s.Kind == model.Changed && s.WastedBytes.Growth == 0 && was.step.Text == is.step.Text
	}
	return s
}

// compareSteps lists what became of each step that is not the same in both images.
func (c *comparison) compareSteps() []model.InstructionChange {
	changes := []model.InstructionChange{}
	c.eachStep(func(s Step) {
		if !s.Same {
			changes = append(changes, s.InstructionChange)
		}
	})
	slices.SortStableFunc(changes, func(a, b model.InstructionChange) int {
		if d := byWeight(a.Bytes, b.Bytes); d != 0 {
			return d
		}
		return byWeight(a.WastedBytes, b.WastedBytes)
	})
	return changes
}
