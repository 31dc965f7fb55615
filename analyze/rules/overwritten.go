package rules

import (
	"fmt"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// overwritten finds files that a later layer replaces by other content. It
// claims nothing by path: the engine gives it what was shadowed with the cause
// "replaced".
var overwritten = Rule{
	ID:    "overwritten",
	Group: Structure,
	Title: "files replaced by a later instruction",
	Why: "A layer stores whole files. When a later instruction changes a file, by one byte or entirely, its layer holds the file again as a whole, and the earlier " +
		"copy stays in the layer below, where no container can read it. The usual ways to get there are a package that is upgraded after the base image installed it, a file that is " +
		"generated in one RUN and edited in the next, and a COPY of something that an earlier COPY brought already.",
	Confidence: model.Certain,
	Fix:        fixOverwritten,
	Lesson: Lesson{
		See:     "docker history IMAGE\ndocker save IMAGE | tar -x   # then list the layers: the path stands in two of them",
		Before:  "RUN make-config > /etc/app.conf\nRUN sed -i s/debug/info/ /etc/app.conf",
		After:   "RUN make-config > /etc/app.conf \\\n    && sed -i s/debug/info/ /etc/app.conf",
		WhenNot: "Where a security update has to come on top of a base image that does not have it yet.",
		Sources: []string{"https://github.com/opencontainers/image-spec/blob/main/layer.md#representing-changes"},
	},
}

// fixOverwritten lets a file be written once.
func fixOverwritten(f *model.Finding, b *Build) *model.Fix {
	if f.Inherited {
		return inherited("files that it replaces again")
	}
	made, own := b.maker(f)
	hid, hidden := b.hider(f)
	if !hidden {
		return hint(model.Manual, "Write "+files(f)+" once, in its final form.")
	}
	if b.upgrades(hid) {
		if own {
			return hint(model.Manual, "Upgrade the packages before or while they are installed, not in a later instruction: what "+files(f)+" was before stays in the image.")
		}
		return hint(model.ChangeBase, "Use a newer base image instead of upgrading its packages: each upgraded file is stored again, and the old one stays.")
	}
	switch by := b.keyword(hid); {
	case !own:
		return hint(model.Manual, fmt.Sprintf("Replacing %s stores it a second time on top of the base image; put the change beside it (a drop-in file, another path) or choose a base image that has it as wanted.", files(f)))
	case b.keyword(made) == "RUN" && by == "RUN":
		if e, ok := b.join(made, hid, ""); ok {
			return e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that %s is stored once.", b.runs(made, hid), largest(f)))
		}
		return hint(model.Manual, "Write "+files(f)+" in one RUN instead of changing it in a later one.")
	case by == "COPY" || by == "ADD":
		return hint(model.Manual, fmt.Sprintf("Bring %s in once: leave it out of the earlier %s, since a later %s replaces it.", files(f), b.keyword(made), by))
	default:
		return hint(model.Manual, fmt.Sprintf("Change %s before the %s brings it in, or in a build stage, instead of in a later %s.", files(f), b.keyword(made), by))
	}
}

// upgrades reports whether a RUN upgrades packages wholesale.
func (b *Build) upgrades(at int) bool {
	if b.keyword(at) != "RUN" {
		return false
	}
	run, err := rewrite.ParseRun(b.text(at))
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
