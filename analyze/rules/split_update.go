package rules

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// splitUpdate finds apt-get update in an instruction of its own.
var splitUpdate = Rule{
	ID:    "split-update",
	Group: Structure,
	Title: "package lists updated apart from the install",
	Why: "A builder that finds RUN apt-get update unchanged takes its layer from the cache, however old it is. When the install in the next RUN then changes, it works with lists of months ago: packages are not found, or old " +
		"versions with known holes are installed. In one RUN with the install the lists are always as new as what is installed from them, and can be removed at its end.",
	Confidence: model.Possible,
	Observe:    observeSplitUpdate,
	Lesson: Lesson{
		See:     "docker history --no-trunc IMAGE | grep 'apt-get update'",
		Before:  "RUN apt-get update\nRUN apt-get install -y curl",
		After:   "RUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*",
		WhenNot: "Where builds never use a cache.",
		Sources: []string{"https://docs.docker.com/build/building/best-practices/#apt-get"},
	},
}

func observeSplitUpdate(b *Build, _ *model.Tree) (found []Observation) {
	for i := range b.Instructions {
		if b.Instructions[i].Inherited || b.keyword(i) != "RUN" || !updatesOnly(b.text(i)) {
			continue
		}
		last, _ := b.lastUseOfLists(i)
		if last == i {
			continue
		}
		fix := hint(model.Manual, "Run apt-get update and apt-get install in one RUN.")
		if e, ok := b.join(i, last, removeLists); ok {
			fix = e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs, so that what is installed is always as new as the lists.", b.runs(i, last)))
		}
		found = append(found, Observation{Instruction: model.Ptr(i), Fix: fix})
	}
	return found
}

// updatesOnly reports whether a RUN fetches apt's lists and installs nothing.
func updatesOnly(text string) bool {
	run, err := rewrite.ParseRun(text)
	if err != nil {
		return false
	}
	updates := slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool { sub, _, ok := c.Apt(); return ok && sub == "update" })
	return updates && !slices.ContainsFunc(run.Commands, rewrite.Command.NeedsLists)
}
