package multistage

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Paths here have no leading slash, as in model.Tree.

// neverCopied are paths that no container needs from a build: engines and package
// managers make them anew, or they are caches and histories.
var neverCopied = []string{"dev", "proc", "sys", "run", ".dockerenv", "etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab", "etc/ld.so.cache", "var/cache/ldconfig", "var/cache/apt", "var/cache/debconf", "var/lib/apt", "root/.wget-hsts", "root/.npmrc", "root/.npm/_logs", "root/.bash_history", "root/.python_history"}

// keptByPackages are the directories in which a removal of packages removes files that are
// no program's.
var keptByPackages = []string{"var/lib/dpkg", "var/lib/apt", "var/lib/ucf", "var/cache", "var/log", "etc/alternatives", "etc/ld.so.cache"}

// accountFiles are the files of the user database, with their backups.
var accountFiles = []string{"etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/subuid", "etc/subgid", "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-"}

// copyable matches the paths that COPY takes as they are, without quotes.
var copyable = lazyregexp.New(`^[A-Za-z0-9._/@+,=~:%-]+$`)

// isBelow reports whether a path is one of dirs or lies in one of them.
func isBelow(name string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		return name == dir || strings.HasPrefix(name, dir+"/")
	})
}

// isSystemPath reports whether packages of the distribution write to a path. Filesystem
// Hierarchy Standard 3.0: /usr/local, /opt, /srv and homes belong to the administrator.
func isSystemPath(name string) bool {
	first, rest, _ := strings.Cut(name, "/")
	switch first {
	case "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "media", "mnt", "proc", "run", "sbin", "sys", "tmp":
		return true
	case "usr":
		return rest != "local" && !strings.HasPrefix(rest, "local/") && rest != "src" && !strings.HasPrefix(rest, "src/")
	case "var":
		return rest != "www" && !strings.HasPrefix(rest, "www/")
	}
	return false
}
