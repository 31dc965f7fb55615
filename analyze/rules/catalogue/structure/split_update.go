package structure

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// SplitUpdate finds apt-get update in an instruction of its own.
var SplitUpdate = rules.Rule{
	ID:    "split-update",
	Group: rules.Structure,
	Title: "package lists updated in a separate RUN",
	Why: "A builder that finds RUN apt-get update unchanged takes its layer from the cache, however old it is. When the install in the next RUN then changes, it works with lists that may be months old: packages are not found, or old " +
		"versions with known vulnerabilities are installed. In the same RUN as the install, the lists are always fresh, and can be removed at its end.",
	Confidence: model.Possible,
	Observe:    observeSplitUpdate,
	Lesson: rules.Lesson{
		See:     "docker history --no-trunc IMAGE | grep 'apt-get update'",
		Before:  "RUN apt-get update\nRUN apt-get install -y curl",
		After:   "RUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*",
		WhenNot: "Where builds never use a cache.",
		Sources: []string{"https://docs.docker.com/build/building/best-practices/#apt-get"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get update
			+ a
			RUN apt-get install a
			+ b`,
		Fixed: "RUN apt-get update \\\n    && apt-get install a \\\n    && rm -rf /var/lib/apt/lists/*",
		Miss: `
			COPY app /
			+ app
			RUN apt-get update && apt-get install a
			+ a
			config {"Cmd": ["/app"]}`,
	},
}

func observeSplitUpdate(b *rules.Build, _ *model.Tree) (found []rules.Observation) {
	for i := range b.Instructions {
		if b.Instructions[i].Inherited || b.Parsed().Keyword(i) != "RUN" || !updatesOnly(b.Parsed().Text(i)) {
			continue
		}
		lists := b.Needs().AptLists(i)
		last := lists.Used
		if last == i || lists.Unsure != "" {
			continue
		}
		fix := advice.Hint(model.Manual, "Run apt-get update and apt-get install in one RUN.")
		if e, ok := advice.Join(b, i, last, advice.RemoveAptLists); ok {
			fix = e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs, so that the lists are always as fresh as the install.", b.Parsed().CountRuns(i, last)))
		}
		found = append(found, rules.Observation{Instruction: model.Ptr(i), Fix: fix})
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
