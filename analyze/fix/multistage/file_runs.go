package multistage

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// removers are commands of which the layer tells all that they did to files.
var removers = []string{"rm", "rmdir", "cd", "set", "true", ":"}

// takeFileRuns moves the boundary behind RUNs that follow it and remove what served to build,
// or give what was built to another user: then neither what they remove is copied, nor
// anything twice.
func (d *draft) takeFileRuns() {
	for i := d.boundary + 1; i < len(d.instructions); i++ {
		in := &d.instructions[i]
		switch in.Keyword {
		case "WORKDIR", "ENV", "ARG", "LABEL", "EXPOSE":
			continue
		case "RUN":
		default:
			return
		}
		switch {
		case in.fault != "" || in.text == "":
			return
		case in.role == addsAccounts:
			continue // both stages make them, and a later RUN may give files to them
		case in.role == changesOwners || in.role == runs && in.givesAway() && d.isOnlyGiven(i):
			if d.storesAgain(i) < model.MinFloor {
				return
			}
		case in.role != runs || !d.removesFiles(i):
			return
		}
		d.boundary = i
	}
}

// removesFiles reports whether a RUN does nothing but remove files that other instructions
// above the base image brought.
func (d *draft) removesFiles(i int) bool {
	run := d.instructions[i].run
	return run != nil && len(run.Flags) == 0 && d.removesOwn(i) && !slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool {
		return !slices.Contains(removers, c.Name()) || c.Redirected || c.Conditional
	})
}

// removesOwn reports whether an instruction removes files that no package owns and that
// instructions above the base image brought.
func (d *draft) removesOwn(i int) bool {
	for layer := d.ownLayer; layer < len(d.maker); layer++ {
		if d.maker[layer] != i {
			continue
		}
		for id, r := range d.tree.Layer(layer) {
			if r.Kind != model.Whiteout || d.isInBase(r.Node) {
				continue
			}
			if below := d.tree.Below(id); below != model.NoRecord && d.owner(d.tree.Content(below)) < 0 {
				return true
			}
		}
	}
	return false
}
