package caches

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// AptCache finds what apt keeps of its own work: downloaded packages and the
// binary form of the package lists. See apt-get(8), "clean" and "FILES".
var AptCache = rules.Rule{
	ID:    "apt-cache",
	Group: rules.Caches,
	Title: "apt package cache",
	Why: "apt keeps each .deb it downloads in /var/cache/apt/archives, so that installing it again needs no download, and a parsed copy of the " +
		"package lists in pkgcache.bin and srcpkgcache.bin. In an image both are dead weight: the packages are already unpacked, and apt rebuilds the parsed copy " +
		"when it needs it. Debian's and Ubuntu's official images remove the .debs by themselves; other bases, and interrupted downloads, leave them behind.",
	Confidence: model.Certain,
	Paths:      []string{"var/cache/apt/archives/*.deb", "var/cache/apt/archives/partial/**", "var/cache/apt/pkgcache.bin", "var/cache/apt/srcpkgcache.bin"},
	Fix:        fixAptCache,
	Mounts:     []string{"/var/cache/apt"},
	Empties:    []string{"apt-get clean", "apt clean", "apt-get autoclean", "apt autoclean"},
	Locked:     true,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/apt",
		Before:  "RUN apt-get update && apt-get install -y curl",
		After:   "RUN apt-get update && apt-get install -y curl \\\n    && apt-get clean",
		WhenNot: "Under a cache mount on /var/cache/apt. Debian's and Ubuntu's own images clean up after each install (/etc/apt/apt.conf.d/docker-clean), which empties such a mount too.",
		Sources: []string{"apt-get(8), clean", "https://docs.docker.com/build/building/best-practices/#apt-get"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app /
			+ app
			RUN apt-get install -y a
			+ var/cache/apt/archives/a.deb
			config {"Cmd": ["/app"]}`,
		Fixed: "RUN apt-get install -y a \\\n    && apt-get clean",
		Miss: `
			COPY app /
			+ app
			RUN apt-get install -y a
			+ var/cache/apt/archives/lock
			config {"Cmd": ["/app"]}`,
	},
}

// fixAptCache cleans apt's cache in the RUN that filled it.
func fixAptCache(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Inherited("apt's cache")
	}
	made, ok := advice.Maker(f, b)
	if !ok || b.Parsed().Keyword(made) != "RUN" {
		return advice.Hint(model.Manual, "Leave /var/cache/apt out of what you copy into the image.")
	}
	if hid, hidden := advice.Hider(f, b); hidden && b.Parsed().Keyword(hid) == "RUN" && !advice.Rewritten(f) && !installs(b, hid) {
		if e, ok := advice.Join(b, made, hid, ""); ok {
			return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that apt's cache is removed in the same layer that filled it.", b.Parsed().CountRuns(made, hid)))
		}
	}
	t := need.Thing{Paths: []string{"/var/cache/apt"}, Cache: true, Until: advice.Until(f, b)}
	use := b.Needs().Later(made, t)
	if use.For {
		return advice.Hint(model.Manual, "Leave apt's cache alone: "+use.Why+".")
	}
	e, why := advice.Clean(b, made, use.Last, "apt-get clean")
	switch {
	case why == "" && use.Last == made:
		return e.Fix(model.SameRunCleanup, "Run apt-get clean at the end of the RUN that installs the packages.")
	case why == "":
		return e.Fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs that fill and use apt's cache, and run apt-get clean at the end.", b.Parsed().CountRuns(made, use.Last)))
	case use.Why != "":
		return advice.Hint(model.Manual, "Run apt-get clean once nothing needs the packages in /var/cache/apt: "+use.Why+".")
	}
	return advice.Hint(model.Manual, "Run apt-get clean in the RUN instruction that installs the packages.")
}

// installs reports whether a RUN installs packages itself, so that it fills apt's cache anew
// and a clean-up of its own has to stay there.
func installs(b *rules.Build, at int) bool {
	commands, _ := b.Parsed().Commands(at)
	return slices.ContainsFunc(commands, func(c rewrite.Command) bool {
		sub, _, _ := c.Apt()
		return sub == "install" || sub == "build-dep" || sub == "upgrade" || sub == "dist-upgrade" || sub == "full-upgrade"
	})
}
