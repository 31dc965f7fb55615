package caches

import (
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// DnfCache follows dnf(8), dnf5-clean(8), yum(8), microdnf(8).
var DnfCache = advice.Cache(advice.Cleanup{
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
	What: "dnf's cache", Clean: "clean all", Cleaners: []string{"dnf", "dnf5", "yum", "microdnf"},
	Kept: lazyregexp.New(`\bkeepcache\s*[=:]\s*(?:1|true|yes|True)\b`),
})
