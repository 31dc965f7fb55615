package packages

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"
)

// The paths of the databases of each package manager.
const (
	dpkgStatus     = "var/lib/dpkg/status"
	dpkgStatusD    = "var/lib/dpkg/status.d/"
	dpkgInfo       = "var/lib/dpkg/info/"
	dpkgDiversions = "var/lib/dpkg/diversions"
	dpkgArch       = "var/lib/dpkg/arch"
	aptStates      = "var/lib/apt/extended_states"
	aptConf        = "etc/apt/apt.conf"
	aptConfD       = "etc/apt/apt.conf.d/"
	apkWorld       = "etc/apk/world"
	dnfReasons     = "usr/lib/sysimage/libdnf5/packages.toml"
)

// Directories and names of rpm's database; which of them exist depends on the age
// and the kind of the distribution.
var (
	apkInstalled = []string{"lib/apk/db/installed", "usr/lib/apk/db/installed"}
	rpmDirs      = []string{"var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/"}
	rpmNames     = []string{"rpmdb.sqlite", "Packages.db", "Packages"}
)

// Wants reports whether a layer's file belongs to a package database, so that its
// content must be captured for Read. Name is a clean path, no leading slash.
func Wants(name string) bool {
	switch name {
	case dpkgStatus, dpkgDiversions, dpkgArch, aptStates, aptConf, apkWorld, dnfReasons:
		return true
	case chiselManifest, rpmManifest1, rpmManifest2:
		return true
	case apkInstalled[0], apkInstalled[1]:
		return true
	}
	dir, base := path.Split(name)
	switch dir {
	case dpkgInfo:
		return strings.HasSuffix(base, ".list") || strings.HasSuffix(base, ".md5sums")
	case dpkgStatusD, aptConfD:
		return true
	case rpmDirs[0], rpmDirs[1], rpmDirs[2]:
		return base == rpmNames[0] || base == rpmNames[1] || base == rpmNames[2] || base == sqliteLog
	}
	switch base {
	case "status":
		return wantsOpkg(dir, base)
	case "desc", "files", "ALPM_DB_VERSION":
		return wantsPacman(name)
	case "CONTENTS", "RDEPEND", "PDEPEND", "SLOT", "world":
		return wantsPortage(name)
	}
	return strings.HasSuffix(dir, opkgInfo) && wantsOpkg(dir, base)
}

// Directories lists the directories, by clean paths, that hold files which [Wants]
// asks for. An image may have a symbolic link in the place of one of them.
func Directories() []string {
	dirs := []string{aptConfD, aptConf, aptStates, dpkgInfo, dpkgStatusD, dpkgStatus, apkWorld, dnfReasons, apkInstalled[0], apkInstalled[1]}
	dirs = append(dirs, portageWorld, chiselManifest, rpmManifest2)
	dirs = append(dirs, rpmDirs...)
	for _, dir := range opkgDirs {
		dirs = append(dirs, dir, dir+opkgInfo)
	}
	for i, dir := range dirs {
		dirs[i] = path.Dir(dir)
	}
	return dirs
}

// Trees lists, by how many levels of directories there are below, the directories that
// hold such directories: a package of pacman's or portage's database has one to itself.
// Like those of [Directories] they may be symbolic links.
func Trees() map[string]int {
	return map[string]int{path.Clean(pacmanLocal): 1, path.Clean(portageDB): 2}
}

// Where ostree keeps contents, and up to which size one may be a list such as
// apk's world, which begins with anything.
const (
	ostreeObjects = "ostree/repo/objects/"
	smallObject   = 4 << 10
)

// Resembles reports whether a file may belong to a package database, by its path,
// its first bytes, up to 64 of them, and its size: it may have got the name that
// Wants knows from a hard link. It knows the databases and the lists by how they
// begin, and what is small and begins with anything where ostree keeps it.
func Resembles(name string, head []byte, size int64) bool {
	if size <= smallObject && bytes.IndexByte(head, 0) < 0 && strings.Contains(name, ostreeObjects) {
		return true
	}
	for _, begin := range []string{
		"SQLite format 3\x00", "\x37\x7f\x06\x82", "\x37\x7f\x06\x83", // rpmdb.sqlite and its log
		"RpmP",             // Packages.db
		"Package: ",        // dpkg's status, apt's extended states
		"C:Q", "C:X", "P:", // apk's installed
		"/.\n",                      // dpkg's NAME.list
		"version = \"", "[packages", // dnf's reasons
		"%NAME%\n", "%FILES%\n", // pacman's desc and files
		"dir /", // portage's CONTENTS
	} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return true
		}
	}
	return isBerkeley(head) || isSums(head)
}

// isBerkeley knows the hash that rpm's Packages is, of either byte order.
func isBerkeley(head []byte) bool {
	const magic = 0x061561
	return len(head) >= 16 && (binary.LittleEndian.Uint32(head[12:]) == magic || binary.BigEndian.Uint32(head[12:]) == magic)
}

// isSums knows a line of dpkg's NAME.md5sums.
func isSums(head []byte) bool {
	if len(head) < md5Columns || string(head[md5Columns-2:md5Columns]) != "  " {
		return false
	}
	return len(bytes.Trim(head[:md5Columns-2], "0123456789abcdef")) == 0
}
