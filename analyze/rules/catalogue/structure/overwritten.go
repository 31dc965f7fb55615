package structure

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Overwritten finds files that a later layer replaces by other content. It
// claims nothing by path: the engine gives it what was shadowed with the cause
// "replaced".
var Overwritten = rules.Rule{
	ID:    "overwritten",
	Group: rules.Structure,
	Title: "files replaced by a later instruction",
	Do:    "write each file once",
	Why: "A layer stores whole files. When a later instruction changes a file, by one byte or entirely, its layer holds the whole file again, and the earlier " +
		"copy stays in the layer below, where no container can read it. The usual causes are a package that is upgraded after the base image installed it, a file that is " +
		"generated in one RUN and edited in the next, and a COPY of something that an earlier COPY already brought in.",
	Confidence: model.Certain,
	Cause:      model.Replaced,
	Fix:        fixOverwritten,
	Lesson: rules.Lesson{
		See:     "docker history IMAGE\ndocker save IMAGE | tar -x   # then list the layers: the path is in two of them",
		Before:  "RUN make-config > /etc/app.conf\nRUN sed -i s/debug/info/ /etc/app.conf",
		After:   "RUN make-config > /etc/app.conf \\\n    && sed -i s/debug/info/ /etc/app.conf",
		WhenNot: "Where you need a security update that the base image does not have yet.",
		Sources: []string{"https://github.com/opencontainers/image-spec/blob/main/layer.md#representing-changes"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ src/a
			RUN make again
			+ src/a`,
		Fixed: "RUN make \\\n    && make again",
		Miss: `
			RUN make
			+ src/a
			RUN make again
			+ src/b`,
	},
}

// fixOverwritten lets a file be written once.
func fixOverwritten(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Inherited("files that it replaces again")
	}
	made, own := advice.Maker(f, b)
	hid, hidden := advice.Hider(f, b)
	if !hidden {
		return advice.Hint(model.Manual, "Write "+advice.Files(f)+" once, in its final form.")
	}
	if upgrades(b, hid) {
		if own {
			return advice.Hint(model.Manual, "Upgrade the packages where they are installed, not in a later instruction: the previous "+advice.Files(f)+" stays in the image.")
		}
		return advice.Hint(model.ChangeBase, "Use a newer base image instead of upgrading its packages: each upgraded file is stored again, and the old one stays.")
	}
	if accounts(f) {
		return advice.Leave("Leave it: each instruction that adds a user stores " + advice.Files(f) + " again.")
	}
	switch by := b.Parsed().Keyword(hid); {
	case !own:
		return advice.Leave(fmt.Sprintf("Replacing %s stores it a second time on top of the base image; put the change beside it (a drop-in file, another path) or choose a base image that already has it.", advice.Files(f)))
	case b.Parsed().Keyword(made) == "RUN" && by == "RUN":
		if e, ok := advice.Join(b, made, hid, ""); ok {
			return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that %s is stored once.", b.Parsed().CountRuns(made, hid), advice.Largest(f)))
		}
		return advice.Hint(model.Manual, "Write "+advice.Files(f)+" in one RUN instead of changing it in a later one.")
	case by == "COPY" || by == "ADD":
		return advice.Hint(model.Manual, fmt.Sprintf("Copy %s only once: leave it out of the earlier %s, since a later %s replaces it.", advice.Files(f), b.Parsed().Keyword(made), by))
	default:
		return advice.Hint(model.Manual, fmt.Sprintf("Change %s before the %s adds it, or in a build stage, instead of in a later %s.", advice.Files(f), b.Parsed().Keyword(made), by))
	}
}

// upgrades reports whether a RUN upgrades packages wholesale.
func upgrades(b *rules.Build, at int) bool {
	if b.Parsed().Keyword(at) != "RUN" {
		return false
	}
	run, err := rewrite.ParseRun(b.Parsed().Text(at))
	if err != nil {
		return false
	}
	for _, c := range run.Commands {
		sub, _, _ := c.Apt()
		switch c.Name() {
		case "apk", "dnf", "yum", "microdnf", "zypper":
			for _, w := range c.Args() {
				if w.Text == "upgrade" || w.Text == "update" || w.Text == "up" || w.Text == "distro-sync" {
					// apk update only fetches an index.
					return c.Name() != "apk" || w.Text == "upgrade"
				}
			}
		}
		switch sub {
		case "upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade":
			return true
		}
	}
	return false
}

// accounts reports whether a finding holds nothing but the files that useradd and
// its like write anew. passwd(5), shadow(5), group(5), subuid(5), mailcap(5).
func accounts(f *model.Finding) bool {
	return f.FileCount == len(f.Paths) && !slices.ContainsFunc(f.Paths, func(p string) bool {
		return !accountFile.MatchString(p)
	})
}

var accountFile = lazyregexp.New(`^etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$`)
