package need

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// InstallsFromLists reports whether a RUN surely installs from lists that it does not fetch.
func (r *Room) InstallsFromLists(at int) bool { u := r.aptUseOf(at); return u.why != "" && u.sure }

// FetchesFirst reports whether a RUN, or a script that it runs, fetches lists before anything installs.
func (r *Room) FetchesFirst(at int) bool { u := r.aptUseOf(at); return u.fetches && u.why == "" }

// MayHaveFetched reports whether a RUN may have fetched lists, as far as its layer tells: a script that it
// pipes into a shell did nothing where the program was missing that downloads it.
func (r *Room) MayHaveFetched(at int) bool {
	return r.untold(at) || r.LeavesLists(at) || r.RemovesLists(at)
}

// RemovesLists reports whether a RUN removes all package lists.
func (r *Room) RemovesLists(at int) bool {
	return slices.ContainsFunc(r.factsOf(at).calls, func(c call) bool { return c.removesLists() })
}

// KeepsFetchedLists reports whether a RUN fetches apt's lists and does not remove them again.
func (r *Room) KeepsFetchedLists(at int) bool {
	u := r.aptUseOf(at)
	return u.fetches && !u.removes
}

// LeavesLists reports whether a layer of an instruction holds package lists.
func (r *Room) LeavesLists(at int) bool {
	if r.Tree == nil {
		return false
	}
	node, ok := r.Tree.Lookup(aptLists[1:])
	if !ok {
		return false
	}
	for child := range r.Tree.Children(node) {
		for id := r.Tree.Nodes[child].Last; id != noRecord; id = r.Tree.Below(id) {
			record := &r.Tree.Records[id]
			layer := int(record.Layer)
			if record.Kind == model.File && record.Size.Bytes() > 0 && layer < len(r.Layers) && r.Layers[layer].Instruction != nil && *r.Layers[layer].Instruction == at {
				return true
			}
		}
	}
	return false
}

// addsLists reports whether a call of add-apt-repository fetches package lists, too. It does so since
// Ubuntu 18.04 and Debian 12, add-apt-repository(1); in older images its layer shows that it did not.
func (r *Room) addsLists(at int, f *facts, c *call) bool {
	if !c.addsSource() {
		return false
	}
	updates, removes := false, false // so that the layer tells nothing
	for i := range f.calls {
		updates = updates || f.calls[i].name != c.name && slices.Contains(f.calls[i].words, "update")
		removes = removes || f.calls[i].removesLists()
	}
	if slices.ContainsFunc(c.words, func(word string) bool { return slices.Contains(components, word) }) {
		return !updates && r.LeavesLists(at) // it stops before it fetches where the component is enabled already
	}
	return r.untold(at) || !updates && (r.LeavesLists(at) || removes)
}

// components are the parts of an archive, which add-apt-repository enables by these names.
var components = []string{"main", "universe", "restricted", "multiverse", "contrib", "non-free", "non-free-firmware"}

// removesLists reports whether a call removes all package lists, whatever happens before it.
func (c *call) removesLists() bool {
	return !c.maybe && (c.name == "rm" || c.name == "find") && slices.ContainsFunc(c.words, func(word string) bool {
		all := strings.TrimRight(word, "/"+string(star))
		return all == aptLists || all == path.Dir(aptLists)
	})
}
