package leftovers

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// BackupFiles follows dpkg(1), "conffiles"; passwd(5) and shadow(3), the copies with a
// hyphen; ucf(1); rpm(8), .rpmsave; GNU Emacs manual, "Backup Files".
var BackupFiles = advice.Leftover(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "backup-files",
		Title: "backup copies of files",
		Why: "Programs that change a file often keep the previous version beside it: dpkg writes status-old, useradd passwd- and shadow-, editors names ending in ~, package managers .dpkg-old, .dpkg-dist, .rpmsave or .rpmnew. " +
			"In an image the previous state is already in an earlier layer, or in a line of the Dockerfile. The copies are small, but each run of the tool makes them again, and a copy of shadow holds password hashes.",
		Confidence: model.Likely,
		Paths: []string{"var/lib/dpkg/*-old", "var/cache/debconf/*-old", "var/backups/**", "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-",
			"**/*~", "**/*.dpkg-old", "**/*.dpkg-dist", "**/*.dpkg-new", "**/*.dpkg-tmp", "**/*.dpkg-bak", "**/*.ucf-old",
			"**/*.ucf-dist", "**/*.rpmsave", "**/*.rpmorig", "**/*.rpmnew", "**/site-packages/~*/**", "**/dist-packages/~*/**"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'ls -l /var/lib/dpkg/*-old /var/cache/debconf/*-old /etc/*-'",
			Before:  "RUN useradd app",
			After:   "RUN useradd app \\\n    && rm -rf /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow-",
			WhenNot: "Where a name ends in ~ or - for some other reason. tare leaves other names ending in -old alone.",
			Sources: []string{"dpkg(1)", "useradd(8)", "rpm(8)"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN useradd a
				+ etc/passwd-
				+ etc/shadow-
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN useradd a \\\n    && rm -rf /etc/passwd- /etc/shadow-",
			Miss: `
				COPY app /
				+ app
				RUN useradd a
				+ etc/passwd
				+ usr/bin/x-old
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "backup copies", Exact: true,
})
