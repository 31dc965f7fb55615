package caches

import (
	"slices"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// DnfCache follows dnf(8), dnf5-clean(8), yum(8), microdnf(8).
var DnfCache = withoutMakecache(advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "dnf-cache",
		Title: "dnf and yum caches",
		Why: "dnf, its successor dnf5, yum and microdnf download the metadata of every repository (often more than 100 MB unpacked) and the packages before they install anything. " +
			"The metadata stays in /var/cache for the next command; in an image there is no next command. The layer is sealed when its RUN ends, " +
			"so dnf clean all helps only in the RUN that installed.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/libdnf5/**", "var/cache/dnf/**", "var/cache/yum/**", "var/cache/PackageKit/**"},
		Mounts:     []string{"/var/cache/libdnf5", "/var/cache/dnf", "/var/cache/yum"},
		Empties:    []string{"dnf clean", "dnf5 clean", "yum clean", "microdnf clean"},
		Refills: rules.Refill{
			Tools:       []string{"dnf", "dnf5", "yum", "microdnf"},
			Subcommands: []string{"install", "update", "upgrade", "makecache", "groupinstall", "reinstall", "module", "builddep", "check-update", "distro-sync"},
		},
		Unless: installsByDnfLater,
		Locked: true,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/dnf /var/cache/libdnf5 /var/cache/yum",
			Before:  "RUN dnf install -y nginx\nRUN dnf clean all",
			After:   "RUN dnf install -y nginx \\\n    && dnf clean all && rm -rf /var/cache/dnf",
			WhenNot: "In a build stage that is thrown away, or where the directory is a cache mount. yum clean all skips repositories that are disabled by then; rm -rf /var/cache/yum does not.",
			Sources: []string{"dnf(8), Clean Command", "dnf5-clean(8)", "https://docs.docker.com/build/building/best-practices/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN dnf -y install a
				+ var/cache/dnf/a.solv
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN dnf -y install a \\\n    && dnf clean all && rm -rf /var/cache/dnf",
			Miss: `
				COPY app /
				+ app
				RUN dnf -y install a
				+ var/lib/dnf/history.sqlite
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "dnf's cache", Clean: "clean all", Cleaners: []string{"dnf", "dnf5", "yum", "microdnf"}, Together: func(run string) bool { return !onlyMakesCache(run) },
	Kept: lazyregexp.New(`\b(?:keepcache|cacheonly)\s*[=:]\s*(?:1|true|yes|True)\b`),
}))

// installsByDnfLater reports whether a container of the image installs by dnf: then the metadata is for that.
func installsByDnfLater(b *rules.Build) bool {
	return b != nil && slices.ContainsFunc(b.Program().Commands, func(c rewrite.Command) bool {
		words := advice.Operands(c)
		return slices.Contains([]string{"dnf", "dnf5", "yum", "microdnf"}, c.Name()) && len(words) > 0 && slices.Contains([]string{"install", "builddep", "groupinstall", "group", "localinstall", "reinstall", "update", "upgrade", "module", "distro-sync"}, words[0]) ||
			c.Name() == "yum-builddep"
	})
}

// withoutMakecache lets a rule whose edit would empty the cache in a RUN that only fills it take
// that RUN out: every install fetches what it needs.
func withoutMakecache(rule rules.Rule) rules.Rule {
	fix := rule.Fix
	rule.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		made := fix(f, b)
		if made == nil || made.Strategy != model.SameRunCleanup || made.Before == nil || !onlyMakesCache(*made.Before) {
			return made
		}
		return advice.Edit{Before: *made.Before}.Fix(model.SameRunCleanup, "Delete this RUN: dnf fetches the metadata again where it installs.")
	}
	return rule
}

// onlyMakesCache reports whether a text is one RUN that does nothing but download metadata.
func onlyMakesCache(text string) bool {
	run, err := rewrite.ParseRun(text)
	return err == nil && len(run.Commands) > 0 && !slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool {
		words := advice.Operands(c)
		return c.Redirected || !slices.Contains([]string{"dnf", "dnf5", "yum", "microdnf"}, c.Name()) || len(words) == 0 || words[0] != "makecache" || slices.ContainsFunc(words[1:], func(w string) bool { return w != "fast" })
	})
}
