package caches

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// ZypperCache follows zypper(8), "clean".
var ZypperCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "zypper-cache",
		Title: "zypper package cache",
		Why: "zypper keeps the metadata of every repository, a solver file made from it, and the packages it downloaded under /var/cache/zypp. A refresh brings all of it back, so removing it loses nothing, " +
			"and only zypper ever opens it. Unless the RUN that installs also cleans up, the image carries tens to hundreds of megabytes for a command that will not run again.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/zypp/**"},
		Mounts:     []string{"/var/cache/zypp"},
		Empties:    []string{"zypper clean", "zypper cc"},
		Refills:    rules.Refill{Tools: []string{"zypper"}, Subcommands: []string{"install", "in", "refresh", "ref", "update", "up", "dist-upgrade", "dup", "patch"}},
		Locked:     true,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/zypp",
			Before:  "RUN zypper --non-interactive install nginx",
			After:   "RUN zypper --non-interactive install nginx \\\n    && zypper clean -a && rm -rf /var/cache/zypp",
			WhenNot: "In a build stage that is thrown away, or where the directory is a cache mount. zypper clean -a does the same, except for the solver files.",
			Sources: []string{"zypper(8), clean"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN zypper -n in a
				+ var/cache/zypp/solv/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN zypper -n in a \\\n    && zypper clean -a && rm -rf /var/cache/zypp",
			Miss: `
				COPY app /
				+ app
				RUN zypper -n in a
				+ etc/zypp/zypp.conf
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "zypper's cache", Clean: "clean -a", Cleaners: []string{"zypper"},
})
