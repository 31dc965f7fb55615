package rules

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// packageDBChurn finds the earlier copies of the databases that a package
// manager writes anew each time it runs.
var packageDBChurn = Rule{
	ID:    "package-db-churn",
	Title: "earlier copies of a package database",
	Why: "A package manager keeps its records in a few files and writes them anew on every run: dpkg's status file, rpm's database, apk's list of what is installed, the linker's cache. " +
		"Each instruction that installs, upgrades or removes a package therefore stores those files once more as a whole, and the copies below are never read again. It is the price of " +
		"each separate run of the package manager, the base image's own included, and the only way to pay it less often is to run the package manager in fewer instructions.",
	Confidence:   model.Certain,
	ShadowedOnly: true,
	Claims:       isPackageDB,
	Fix:          fixPackageDBChurn,
}

// Folders in which everything is a package manager's, and single files. From
// dpkg(1), apt(8), debconf(7), apk(8), rpm(8), dnf5(8), pacman(8), ldconfig(8).
var (
	packageDBFolders = []string{
		"var/lib/dpkg/",
		"var/cache/debconf/",
		"lib/apk/db/",
		"usr/lib/apk/db/",
		"var/lib/rpm/",
		"usr/lib/sysimage/rpm/",
		"usr/lib/sysimage/libdnf5/",
		"var/lib/dnf/",
		"var/lib/yum/",
		"var/lib/zypp/",
		"var/lib/pacman/local/",
	}
	packageDBFiles = []string{
		"var/lib/apt/extended_states",
		"var/lib/apt/daily_lock",
		"etc/apk/world",
		"etc/ld.so.cache",
		"var/cache/ldconfig/aux-cache",
	}
)

func isPackageDB(path string) bool {
	return slices.Contains(packageDBFiles, path) ||
		slices.ContainsFunc(packageDBFolders, func(folder string) bool { return strings.HasPrefix(path, folder) })
}

// fixPackageDBChurn explains: no edit of one instruction takes these bytes away.
func fixPackageDBChurn(f *model.Finding, _ *Build) *model.Fix {
	if f.Inherited {
		return hint(model.Manual, "Leave it: the base image ran its package manager more than once, and each run stored the database again.")
	}
	return hint(model.Manual, "Install, upgrade and remove packages in as few RUN instructions as possible: each run of the package manager stores its whole database again, and the earlier copy stays.")
}
