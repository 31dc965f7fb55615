package compare

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// rebuilt finds by layer of the new image the step above it that had another value than in the old image and is the
// only reason to build the layer again. again are the layers that hold the same as before; what any other layer holds is
// a reason of its own to build all below it again.
func (c *comparison) rebuilt(missing []int, again map[int]bool) map[int]*model.Step {
	by := make(map[int]*model.Step)
	reason, broken := -1, false // broken: the builder has begun to build again
	next := 0                   // step of the old image
	for s := range c.to.all {
		step, old := &c.to.all[s].step, c.partner[s]
		for ; old >= 0 && next < old; next++ {
			// A step that went is a reason as well.
			if c.from.all[next].step.Layer != nil || !broken {
				reason, broken = -1, true
			}
		}
		next = max(next, old+1)
		switch layer := step.Layer; {
		case layer == nil:
			if !broken && (old < 0 || c.valueChanged(old, s)) {
				reason, broken = c.keyed(old, s), true
			}
		case !slices.Contains(missing, *layer):
		case !again[*layer]:
			reason, broken = -1, true
		default:
			if !broken {
				reason, broken = c.argumentChanged(old, s), true
			}
			if reason >= 0 {
				by[*layer] = c.to.at(reason)
			}
		}
	}
	return by
}

// instruction is that of a step, nil for a layer that no known instruction made.
func instruction(r *model.Report, s *buildStep) *model.Instruction {
	if s.step.Instruction == nil {
		return nil
	}
	return &r.Instructions[*s.step.Instruction]
}

// valueChanged reports whether a step that makes no layer says something else than in the old image.
func (c *comparison) valueChanged(old, s int) bool {
	was, is := instruction(c.old, &c.from.all[old]), instruction(c.new, &c.to.all[s])
	// What an ARG was given shows at the first RUN below it, which is where it counts.
	if was == nil || is == nil || is.Keyword == "ARG" || !is.Keyed && is.Keyword == "LABEL" {
		return false
	}
	return was.Text != is.Text || !slices.Equal(was.Values, is.Values)
}

// keyed is a step that makes no layer and changed, if it is one that can stand further below; -1 for another one.
func (c *comparison) keyed(old, s int) int {
	if is := instruction(c.new, &c.to.all[s]); old < 0 || is == nil || !is.Keyed || is.Inherited {
		return -1
	}
	return s
}

// argumentChanged is the ARG of a build argument that a RUN was given another value of, -1 for none.
func (c *comparison) argumentChanged(old, s int) int {
	if old < 0 {
		return -1
	}
	was, is := instruction(c.old, &c.from.all[old]), instruction(c.new, &c.to.all[s])
	if was == nil || is == nil {
		return -1
	}
	for _, v := range is.Values {
		if slices.Contains(was.Values, v) || !slices.ContainsFunc(was.Values, func(w model.ValueSum) bool { return w.Name == v.Name }) {
			continue
		}
		for at := range slices.Backward(c.to.all[:s]) {
			if arg := &c.to.all[at].step; arg.Keyword == "ARG" && !arg.Inherited && slices.Contains(strings.Fields(arg.Text), v.Name) {
				return at
			}
		}
	}
	return -1
}
