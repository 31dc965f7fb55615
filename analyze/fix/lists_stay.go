package fix

import (
	"maps"

	"github.com/tare-oci/tare/model"
)

// losesLists is why edits of package lists are not made that together would leave a later RUN without any.
const losesLists = "together with other edits it would leave a later RUN without package lists"

// withoutLists counts the RUNs that install from package lists which no instruction before them leaves.
// A base image may bring some: the count of the edited file must not be above that of the author's.
func (p *plan) withoutLists() (n int) {
	need, there := p.build.Needs(), false
	for i := range p.build.Instructions {
		if p.build.Instructions[i].Inherited || p.build.Parsed().Keyword(i) != "RUN" {
			continue
		}
		if need.InstallsFromLists(i) && !there {
			n++
		}
		if isUnderMount(p.build.Instructions[i].Text, partialLists) {
			continue // what it fetches stays in the mount
		}
		switch {
		case need.KeepsFetchedLists(i):
			there = true
		case need.FetchesLists(i), need.RemovesLists(i):
			there = false
		}
	}
	return n
}

// rejectLists returns what a plan rejects, and all edits of package lists besides; nil if it rejects those
// already.
func rejectLists(r *model.Report, reject map[int]string) map[int]string {
	all := make(map[int]string)
	maps.Copy(all, reject)
	for i := range r.Findings {
		if r.Findings[i].Rule == aptLists {
			all[i] = losesLists
		}
	}
	if len(all) == len(reject) {
		return nil
	}
	return all
}
