package compare

import (
	"slices"

	"github.com/tare-oci/tare/model"
)

// compareSteps lists what became of each step. The two images' steps are
// aligned first, see align.
func (c *comparison) compareSteps() []model.InstructionChange {
	changes := []model.InstructionChange{}
	note := func(from, to int) {
		ch := model.InstructionChange{Old: c.from.at(from), New: c.to.at(to)}
		var was, is buildStep
		if from >= 0 {
			was = c.from.all[from]
		}
		if to >= 0 {
			is = c.to.all[to]
		}
		ch.Bytes, ch.WastedBytes = model.DeltaOf(was.bytes, is.bytes), model.DeltaOf(was.wasted, is.wasted)
		switch {
		case from < 0:
			ch.Kind = model.Added
		case to < 0:
			ch.Kind = model.Removed
		default:
			if ch.Kind = kindOfChange(ch.Bytes); ch.Kind == model.Changed && ch.WastedBytes.Growth == 0 && was.step.Text == is.step.Text {
				return
			}
		}
		changes = append(changes, ch)
	}
	from := 0
	for to := range c.to.all {
		if c.partner[to] >= 0 {
			for ; from < c.partner[to]; from++ {
				note(from, -1)
			}
			from++
		}
		note(c.partner[to], to)
	}
	for ; from < len(c.from.all); from++ {
		note(from, -1)
	}
	slices.SortStableFunc(changes, func(a, b model.InstructionChange) int {
		if d := byWeight(a.Bytes, b.Bytes); d != 0 {
			return d
		}
		return byWeight(a.WastedBytes, b.WastedBytes)
	})
	return changes
}
