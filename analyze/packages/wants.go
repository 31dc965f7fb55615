package packages

import (
	"path"
	"strings"
)

// Where each manager keeps its books.
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

// Folders and names of rpm's database; which of them exist depends on the age
// and the kind of the distribution.
var (
	apkInstalled = []string{"lib/apk/db/installed", "usr/lib/apk/db/installed"}
	rpmFolders   = []string{"var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/"}
	rpmNames     = []string{"rpmdb.sqlite", "Packages.db", "Packages"}
)

// Wants says whether a layer's file belongs to a package database, so that its
// content must be captured for Read. Name is a clean path, no leading slash.
func Wants(name string) bool {
	switch name {
	case dpkgStatus, dpkgDiversions, dpkgArch, aptStates, aptConf, apkWorld, dnfReasons:
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
	case rpmFolders[0], rpmFolders[1], rpmFolders[2]:
		return base == rpmNames[0] || base == rpmNames[1] || base == rpmNames[2] || base == sqliteLog
	}
	return false
}
