package rules

import (
	"fmt"

	"github.com/tare-oci/tare/model"
)

// aptLists finds the package lists that apt-get update downloads.
// See apt-get(8), "update" and "FILES".
var aptLists = Rule{
	ID:    "apt-lists",
	Group: Caches,
	Title: "apt package lists",
	Why: "apt-get update downloads the index of every package the distribution offers, tens of megabytes of it, " +
		"so that apt-get install can pick from it. Nothing reads the lists while the container runs, they are out of date within days, " +
		"and the next apt-get install needs a fresh apt-get update anyway. A layer is sealed when its RUN ends, so the lists are saved only " +
		"if the same RUN that ran apt-get update also removes them: an rm in a later RUN hides them, and they are still pulled and stored.",
	Confidence: model.Certain,
	Paths:      []string{"var/lib/apt/lists/**"},
	Unless:     (*Build).installsLater,
	Fix:        fixAptLists,
	// Docker's documentation mounts the whole of /var/lib/apt, but that also holds
	// extended_states, which says what was installed automatically and belongs into
	// the image.
	Mounts: []string{"/var/lib/apt/lists"},
	Lesson: Lesson{
		See:     "docker run --rm --entrypoint du IMAGE -sh /var/lib/apt/lists",
		Before:  "RUN apt-get update\nRUN apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*",
		After:   "RUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*",
		WhenNot: "In a build stage that is thrown away, or under cache mounts on /var/lib/apt and /var/cache/apt with sharing=locked: there the lists are wanted, and never reach the image.",
		Sources: []string{"apt-get(8), update and FILES", "https://docs.docker.com/build/building/best-practices/#apt-get"},
	},
}

const removeLists = "rm -rf /var/lib/apt/lists/*"

// fixAptLists removes the lists in the RUN that fetched them; where later RUNs
// still install from them, those join it first.
func fixAptLists(f *model.Finding, b *Build) *model.Fix {
	if f.Inherited {
		return inherited("apt's package lists")
	}
	made, ok := b.maker(f)
	if !ok || b.keyword(made) != "RUN" {
		return hint(model.Manual, "Leave /var/lib/apt/lists out of what is copied into the image.")
	}
	used, fresh := b.lastUseOfLists(made)
	hid, hidden := b.hider(f)
	hidden = hidden && b.keyword(hid) == "RUN"
	// Where the hiding RUN fetches lists of its own, it goes on doing so.
	if hidden && hid != fresh {
		if e, ok := b.join(made, hid, ""); ok {
			return e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that the package lists are removed in the layer that fetched them.", b.runs(made, hid)))
		}
	}
	if hidden && hid != fresh && !toleratesAbsence(b, hid, f) {
		return hint(model.Manual, "Move the removal of /var/lib/apt/lists into the RUN that runs apt-get update, behind the last apt-get install.")
	}
	if e, ok := b.join(made, used, removeLists); ok {
		if used == made {
			return e.fix(model.SameRunCleanup, "Remove the package lists at the end of the RUN that fetches them.")
		}
		return e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs that fetch and use the package lists, and remove the lists at the end.", b.runs(made, used)))
	}
	return hint(model.Manual, "Run apt-get update, apt-get install and rm -rf /var/lib/apt/lists/* in one RUN instruction.")
}
