package compare

import (
	"path"
	"strings"
)

// stampedFile is a kind of file that comes out differently each time the same
// instruction runs, though nothing that anyone needs of it changed.
type stampedFile struct {
	what string // "apt's and dpkg's logs"
	do   string // how to keep it from changing, as a sentence
	is   func(name string) bool
}

// stampedFiles are known from comparing two builds of the same Dockerfile, and from the
// lists that reproducible-builds.org and the makers of distributions keep. The first kind
// that fits counts.
var stampedFiles = []stampedFile{
	{"package managers' logs", "Remove them at the end of the same RUN: rm -f /var/log/dpkg.log /var/log/alternatives.log /var/log/apt/*", below("var/log/apt/", "var/log/dpkg.log", "var/log/alternatives.log", "var/log/dnf", "var/log/yum", "var/log/zypp", "var/log/pacman.log", "var/log/hawkey.log", "var/log/apk.log")},
	{"log files", "Remove them at the end of the same RUN.", func(name string) bool {
		return strings.HasPrefix(name, "var/log/") || path.Ext(name) == ".log" || strings.Contains(name, "/_logs/")
	}},
	{"ldconfig's cache", "Remove /var/cache/ldconfig/aux-cache at the end of the same RUN.", below("var/cache/ldconfig/")},
	{"the machine's ID", "Empty it at the end of the same RUN (: > /etc/machine-id): the container gets its own.", exactly("etc/machine-id", "var/lib/dbus/machine-id")},
	{"password databases, which hold the day", "Give useradd and adduser a SOURCE_DATE_EPOCH, or chage -d 0 the account in the same RUN.", exactly("etc/shadow", "etc/shadow-", "etc/gshadow-", "etc/passwd-", "etc/group-")},
	{"apt's package lists", "Remove them at the end of the same RUN: rm -rf /var/lib/apt/lists/*", below("var/lib/apt/lists/")},
	{"caches of package managers", "Leave them out of the image, with a cache mount or an rm at the end of the same RUN.", func(name string) bool {
		return below("var/cache/apt/", "var/cache/dnf/", "var/cache/yum/", "var/cache/apk/", "var/cache/zypp/", "var/cache/debconf/")(name) || strings.Contains(name, "/.npm/") || strings.Contains(name, "/_cacache/") || strings.Contains(name, "/.cache/")
	}},
	{"caches that programs rebuild", "Remove them at the end of the same RUN; what needs them makes them again.", below("var/cache/fontconfig/", "var/cache/man/", "var/lib/systemd/catalog/", "usr/share/info/dir", "var/lib/dpkg/status-old", "var/lib/dpkg/diversions-old", "var/lib/dpkg/statoverride-old")},
	{"Python's bytecode, which holds the times of its sources", "Set PYTHONDONTWRITEBYTECODE=1, or pip install --no-compile, in that instruction.", func(name string) bool { return path.Ext(name) == ".pyc" }},
	{"npm's copy of the lock file", "Remove node_modules/.package-lock.json at the end of the same RUN.", func(name string) bool { return strings.HasSuffix(name, "node_modules/.package-lock.json") }},
	{"package databases that hold the time of installing", "Build with SOURCE_DATE_EPOCH set, or keep the layer from being built anew: what it installs did not change.", func(name string) bool {
		return below("var/lib/rpm/", "usr/lib/sysimage/rpm/", "var/lib/dnf/", "usr/lib/sysimage/libdnf5/", "var/lib/yum/", "lib/apk/db/scripts.tar", "usr/lib/apk/db/scripts.tar")(name) || strings.HasPrefix(name, "var/lib/pacman/local/") && path.Base(name) == "desc"
	}},
	{"keys that an installation makes", "Make them when the container starts: in the image, everybody has the same.", func(name string) bool {
		return strings.HasPrefix(name, "etc/ssh/ssh_host_") || strings.Contains(name, "ssl-cert-snakeoil")
	}},
	{"archives that hold times (jar, zip, wheel)", "Build the archive with fixed times: project.build.outputTimestamp for Maven, reproducibleFileOrder and preserveFileTimestamps=false for Gradle, SOURCE_DATE_EPOCH for most others.", func(name string) bool {
		switch path.Ext(name) {
		case ".jar", ".war", ".ear", ".zip", ".whl", ".egg", ".nupkg", ".gz", ".tgz":
			return true
		}
		return false
	}},
	{"Java's certificates, which hold times", "Set SOURCE_DATE_EPOCH in the instruction that installs them.", func(name string) bool {
		return strings.HasSuffix(name, "/cacerts")
	}},
	{"git's own files", "Keep .git out of the image with .dockerignore.", func(name string) bool { return strings.HasPrefix(name, ".git/") || strings.Contains(name, "/.git/") }},
}

// stampOf is the kind of stamped file that a clean path is, nil for none.
func stampOf(name string) *stampedFile {
	for i := range stampedFiles {
		if stampedFiles[i].is(name) {
			return &stampedFiles[i]
		}
	}
	return nil
}

func below(prefixes ...string) func(string) bool {
	return func(name string) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(name, p) {
				return true
			}
		}
		return false
	}
}

func exactly(names ...string) func(string) bool {
	return func(name string) bool {
		for _, n := range names {
			if name == n {
				return true
			}
		}
		return false
	}
}
