package caches

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// PacmanCache follows pacman(8), "--clean" and "FILES".
var PacmanCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "pacman-cache",
		Title: "pacman packages and databases",
		Why: "pacman never removes a package it downloaded: /var/cache/pacman/pkg keeps every version, compressed, beside the files unpacked from it, and /var/lib/pacman/sync " +
			"keeps the list of all packages of each repository. Neither is read while the container runs: the packages are already installed, and pacman -Sy fetches the lists again.",
		Confidence: model.Certain,
		Paths:      []string{"var/cache/pacman/pkg/**", "var/lib/pacman/sync/**"},
		Mounts:     []string{"/var/cache/pacman/pkg"},
		Empties:    []string{"pacman -Sc", "pacman -Scc"},
		Locked:     true,
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /var/cache/pacman/pkg /var/lib/pacman/sync",
			Before:  "RUN pacman -Syu --noconfirm nginx",
			After:   "RUN pacman -Syu --noconfirm nginx \\\n    && rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/*",
			WhenNot: "In a build stage that is thrown away, or where later instructions install from the same lists without -y.",
			Sources: []string{"pacman(8), Sync Options, --clean", "https://wiki.archlinux.org/title/Pacman#Cleaning_the_package_cache"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN pacman -Sy --noconfirm a
				+ var/cache/pacman/pkg/a.pkg.tar.zst
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN pacman -Sy --noconfirm a \\\n    && rm -rf /var/cache/pacman/pkg/*",
			Miss: `
				COPY app /
				+ app
				RUN pacman -Sy
				+ var/lib/pacman/local/a/desc
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "pacman's cache", KeepDir: true, Users: []string{"pacman"},
})
