package replay

import (
	"path"
	"regexp"
	"strings"
)

// rpm is what an image of Fedora and its kin installs with.
type rpm struct {
	yum string // where yum and dnf keep what they fetch, below /var/cache
}

var (
	// yumReleases are the images whose yum is yum itself: releases 5 to 7 of Red Hat's kin, and
	// Amazon's up to 2.
	yumReleases = regexp.MustCompile(`(?:centos|rhel|ubi|oraclelinux)[:/-]?(?:centos)?-?[5-7](?:[^0-9]|$)|amazonlinux:?(?:1|2|201[0-9])(?:[^0-9]|$)`)
	// fedoraRelease has the number of a Fedora that is named with one.
	fedoraRelease = regexp.MustCompile(`fedora(?:-minimal|-toolbox)?:(?:v|f)?([0-9]+)`)
)

// newRPM decides by the reference of an image, in small letters, which yum it has: since
// release 8, and in every Fedora, that is dnf under the old name, and since Fedora 41 dnf5
// (https://fedoraproject.org/wiki/Changes/SwitchToDnf5).
func newRPM(ref string) *rpm {
	switch n := fedoraRelease.FindStringSubmatch(ref); {
	case yumReleases.MatchString(ref), strings.Contains(ref, "amazoncorretto") && !strings.Contains(ref, "al2023"):
		return &rpm{yum: "yum/x86_64/7"}
	case n != nil && (len(n[1]) < 2 || n[1] < "41"):
	case strings.Contains(ref, "fedora"):
		return &rpm{yum: "libdnf5"}
	}
	return &rpm{yum: "dnf"}
}

// isRPM reports whether a reference, in small letters, names an image of Fedora and its kin.
// Others that build on those say so in the tag, as cuda:11-base-centos7 does.
func isRPM(name, repo, tag string) bool {
	return contains(repo, "centos", "fedora", "rocky", "alma", "ubi", "amazon", "oraclelinux", "opensuse", "leap", "rhel", "photon") ||
		contains(tag, "centos", "rockylinux", "almalinux", "ubi8", "ubi9", "oraclelinux", "amazonlinux", "fedora") ||
		contains(name, "registry.access.redhat.com", "/ubi")
}

// cache is the directory of what a package manager fetches, without leading slash.
func (r *rpm) cache(tool string) string {
	switch tool {
	case "zypper":
		return "var/cache/zypp/raw"
	case "tdnf":
		return "var/cache/tdnf"
	case "microdnf": // which has kept yum's directory
		return "var/cache/yum/metadata"
	}
	return "var/cache/" + r.yum
}

// logs are the files that a package manager writes to.
func (r *rpm) logs(tool string) []string {
	if tool == "yum" || tool == "dnf" {
		if strings.HasPrefix(r.yum, "yum") {
			return []string{"yum.log"}
		}
		return []string{"dnf.log", "dnf.rpm.log"}
	}
	return []string{tool + ".log"}
}

// dnf is yum, dnf and zypper, without a database.
func dnf(c *call) int {
	tool := path.Base(c.args[0])
	if c.rpm == nil {
		c.problem("%s: not found", c.args[0])
		return 127
	}
	_, rest := options(c.args[1:], "-c", "--installroot", "--setopt", "--enablerepo", "--disablerepo", "--nogpgcheck2")
	if len(rest) == 0 {
		return 0
	}
	cache := c.rpm.cache(tool)
	switch rest[0] {
	case "install", "groupinstall", "localinstall", "update", "upgrade", "in", "reinstall", "-y", "makecache", "swap", "group":
		c.fill("/"+cache+"/base-x/repodata/primary.sqlite", 60<<20)
		c.fill("/"+cache+"/updates-x/repodata/primary.sqlite", 25<<20)
		for _, name := range c.rpm.logs(tool) {
			c.grow("var/log/"+name, 30<<10)
		}
		c.grow("var/lib/rpm/Packages", 2<<20)
		for _, name := range rest[1:] {
			c.bin("/usr/bin/"+path.Base(strings.Trim(name, "@*")), 1<<20+int64(hash(name)%20)<<20)
		}
	case "remove", "erase":
		for _, name := range rest[1:] {
			c.tree.remove("usr/bin/" + name)
		}
		c.grow("var/lib/rpm/Packages", 1000)
	case "clean":
		for _, p := range c.tree.under(cache) {
			if !c.tree.isDir(p) {
				c.tree.remove(p)
			}
		}
	}
	return 0
}

func rpmTool(c *call) int {
	flags, rest := options(c.args[1:])
	if has(flags, "-i", "-U", "--install", "--upgrade") {
		for _, name := range rest {
			c.fill("/opt/"+strings.TrimSuffix(path.Base(name), ".rpm")+"/bin/program", 30<<20)
		}
	}
	return 0
}
