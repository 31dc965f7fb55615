package structure

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// PackageDBChurn finds the earlier copies of the databases that a package
// manager writes anew each time it runs.
var PackageDBChurn = rules.Rule{
	ID:    "package-db-churn",
	Group: rules.Structure,
	Title: "earlier copies of a package database",
	Why: "A package manager keeps its records in a few files and rewrites them on every run: dpkg's status file, rpm's database, apk's list of installed packages, the linker's cache. " +
		"Each instruction that installs, upgrades or removes a package therefore stores those files again in full, and the copies below are never read again. That is the price of " +
		"each separate run of the package manager, including the base image's, and the only way to pay it less often is to run the package manager in fewer instructions.",
	Confidence:   model.Certain,
	ShadowedOnly: true,
	Paths:        packageDBs,
	Fix:          fixPackageDBChurn,
	Lesson: rules.Lesson{
		See:     "docker save IMAGE | tar -x   # then list the layers: var/lib/dpkg/status is in each that installed something",
		Before:  "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*",
		After:   "RUN apt-get update && apt-get install -y curl git && rm -rf /var/lib/apt/lists/*",
		WhenNot: "Where separate RUNs cache better: a few hundred kilobytes each are a fair price. No edit can remove the base image's own copy.",
		Sources: []string{"dpkg(1), FILES", "rpm(8)"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get install a
			+ var/lib/dpkg/status
			RUN apt-get install b
			+ var/lib/dpkg/status`,
		Miss: `
			COPY app /
			+ app
			RUN apt-get install a
			+ var/lib/dpkg/status
			config {"Cmd": ["/app"]}`,
	},
}

// packageDBs are the files that a package manager keeps its records in. From
// dpkg(1), apt(8), debconf(7), apk(8), rpm(8), dnf5(8), pacman(8), opkg(1), portage(5), ldconfig(8).
var packageDBs = []string{
	"var/lib/dpkg/**",
	"var/cache/debconf/**",
	"lib/apk/db/**",
	"usr/lib/apk/db/**",
	"var/lib/rpm/**",
	"usr/lib/sysimage/rpm/**",
	"usr/lib/sysimage/libdnf5/**",
	"var/lib/dnf/**",
	"var/lib/yum/**",
	"var/lib/zypp/**",
	"var/lib/pacman/local/**",
	"usr/lib/opkg/status",
	"var/lib/opkg/status",
	"lib/opkg/status",
	"var/db/pkg/**",
	"var/lib/portage/world",
	"var/lib/portage/config",
	"var/lib/apt/extended_states",
	"var/lib/apt/daily_lock",
	"etc/apk/world",
	"etc/ld.so.cache",
	"var/cache/ldconfig/aux-cache",
}

// fixPackageDBChurn explains: no edit of one instruction takes these bytes away.
func fixPackageDBChurn(f *model.Finding, b *rules.Build) *model.Fix {
	if f.Inherited {
		return advice.Leave("Leave it: the base image ran its package manager more than once, and each run stored the database again.")
	}
	if advice.OfBase(f, b) {
		return advice.Leave("Leave it: the first run of a package manager above a base image stores the database again; only later runs could be joined with it.")
	}
	return advice.Hint(model.Manual, "Install, upgrade and remove packages in as few RUN instructions as possible: each run of the package manager stores its whole database again, and the earlier copy stays.")
}
