package multistage

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// OnlyOf returns a function that reports whether packages own something at or below a node,
// and all of those go.
func OnlyOf(t *model.Tree, goes func(pkg int32) bool) func(model.NodeID) bool {
	const going, staying = 1, 2
	owners := make([]uint8, len(t.Nodes))
	for id := range t.Records {
		at := t.Packages[id]
		if at < 0 {
			continue
		}
		owner := uint8(staying)
		if goes(at) {
			owner = going
		}
		for n := t.Records[id].Node; n != model.Root && owners[n]&owner == 0; n = t.Nodes[n].Parent {
			owners[n] |= owner
		}
	}
	return func(n model.NodeID) bool { return owners[n] == going }
}

// IsTrace reports whether a file that no package owns is one that scripts of packages make for
// those that go: it lies, deeper than the directories that all packages share, in a directory to
// which no other packages write.
func IsTrace(t *model.Tree, n model.NodeID, only func(model.NodeID) bool) bool {
	for n = t.Nodes[n].Parent; n != model.Root && strings.Count(t.Path(n), "/") >= 2; n = t.Nodes[n].Parent {
		if only(n) {
			return true
		}
	}
	return false
}

// isTrace reports whether the build stage has a file only for packages that the runtime stage
// does without.
func (d *draft) isTrace(n model.NodeID) bool {
	if d.tree.Packages == nil {
		return false
	}
	if d.onlyDropped == nil {
		d.onlyDropped = OnlyOf(d.tree, func(at int32) bool { return !d.retained[at] })
	}
	return IsTrace(d.tree, n, d.onlyDropped)
}
