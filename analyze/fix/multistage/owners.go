package multistage

import (
	"slices"

	"github.com/tare-oci/tare/model"
)

// findOwnerRuns finds the RUNs that make accounts and give them files, and of which it can be
// told which of the files that are in their layers are of the one and which of the other.
func (d *draft) findOwnerRuns() {
	for i := range d.instructions {
		if in := &d.instructions[i]; in.role == runs && len(in.accounts) > 0 && in.givesAway() && d.isOnlyGiven(i) {
			in.role, in.needsTools = changesOwners, false
		}
	}
}

// givesAway reports whether a RUN does nothing but make accounts, but no directories, and
// change owners and modes.
func (in *instruction) givesAway() bool {
	if in.run == nil || in.fault != "" || len(in.run.Flags) > 0 {
		return false
	}
	given := false
	for _, c := range in.run.Commands {
		switch name := c.Name(); {
		case c.Conditional || c.Redirected || c.Subshell:
			return false
		case name == "chown" || name == "chgrp":
			given = true
		case name == "chmod" || name == "true" || name == ":" || name == "set":
		case name != "mkdir" && slices.Contains(accountCommands, name) && isPlain(c):
		default:
			return false
		}
	}
	return given
}

// ofAccounts is where the commands write that make accounts, beside the user database.
var ofAccounts = []string{"home", "var/mail", "var/spool/mail", "var/log/lastlog", "var/log/faillog", "etc/.pwd.lock"}

// isOnlyGiven reports whether all that the layers of an instruction hold is of accounts and
// their homes, or a file that the build made and that has another owner or mode now.
func (d *draft) isOnlyGiven(i int) bool {
	for layer := d.ownLayer; layer < len(d.maker); layer++ {
		if d.maker[layer] != i {
			continue
		}
		for id, r := range d.tree.Layer(layer) {
			switch {
			case r.Kind == model.Implied:
			case r.Kind >= model.Whiteout:
				return false
			case d.tree.Below(id) == model.NoRecord:
				if name := d.tree.Path(r.Node); !isBelow(name, ofAccounts) && !slices.Contains(accountFiles, name) {
					return false
				}
			case slices.Contains(accountFiles, d.tree.Path(r.Node)), isBelow(d.tree.Path(r.Node), ofAccounts), d.isDirectory(id):
			case !d.isGiven(id):
				return false
			}
		}
	}
	return true
}

// isGiven reports whether a record is of a file that a RUN or a COPY made below it, and that
// no package owns.
func (d *draft) isGiven(id model.RecordID) bool {
	below := d.tree.Below(id)
	if below == model.NoRecord || int(d.tree.Records[below].Layer) < d.ownLayer || d.owner(below) >= 0 {
		return false
	}
	switch d.instructions[d.maker[d.tree.Records[below].Layer]].role {
	case runs, brings, mixed:
		return true
	case changesOwners:
		return d.isGiven(below)
	}
	return false
}

// storesAgain returns how many bytes a RUN stores again only to change owners or modes.
func (d *draft) storesAgain(i int) (bytes int64) {
	for layer := d.ownLayer; layer < len(d.maker); layer++ {
		if d.maker[layer] != i {
			continue
		}
		for id, r := range d.tree.Layer(layer) {
			if r.Kind == model.File && d.tree.Below(id) != model.NoRecord {
				bytes += r.Size.Bytes()
			}
		}
	}
	return bytes
}
