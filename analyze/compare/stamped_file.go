package compare

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/model"
)

// stampedFile is a kind of file that comes out differently each time the same
// instruction runs.
type stampedFile struct {
	what string // "apt's and dpkg's logs"
	do   string // how to keep it from changing, as a sentence
	is   func(name string) bool
	// idle reports whether nothing that anyone needs changed with such a file. Nil is for
	// files of which that cannot be told from outside, such as an archive or a key.
	idle func(c *comparison, changed *changedFile) bool
}

// changedFile is a file that differs between two layers of the same step.
type changedFile struct {
	name    string
	was, is *file // nil where the layer has no such file
	// before and after are all files of the two layers, by path.
	before, after map[string]file
}

// stampedFiles are what differed when the same Dockerfiles were built twice (apt-get, npm,
// pip, venv, useradd, openjdk, fontconfig, openssh-server, dbus; test/engines builds some
// of them), and what those remove who make images reproducible: debuerreotype, Docker's
// official images (docker-library/official-images, issue 16044), reproducible-builds.org.
// The first kind that fits counts.
var stampedFiles = []stampedFile{
	{
		what: "package managers' logs", do: "Remove them at the end of the same RUN: find /var/log -type f -delete",
		is:   below("var/log/apt/", "var/log/dpkg.log", "var/log/alternatives.log", "var/log/dnf", "var/log/yum", "var/log/zypp", "var/log/pacman.log", "var/log/hawkey.log", "var/log/apk.log"),
		idle: always,
	},
	{what: "log files", do: "Remove them at the end of the same RUN.", is: func(name string) bool {
		return strings.HasPrefix(name, "var/log/") || strings.Contains(name, "/.npm/_logs/")
	}, idle: always},
	{what: "ldconfig's cache", do: "Remove it at the end of the same RUN: rm -f /var/cache/ldconfig/aux-cache", is: below("var/cache/ldconfig/"), idle: always},
	{what: "the machine's ID", do: "Empty it at the end of the same RUN: : > /etc/machine-id && rm -f /var/lib/dbus/machine-id", is: exactly("etc/machine-id", "var/lib/dbus/machine-id"), idle: always},
	{what: "old copies of password databases", do: "Remove them at the end of the same RUN: rm -f /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- /etc/subuid- /etc/subgid-", is: exactly("etc/passwd-", "etc/shadow-", "etc/group-", "etc/gshadow-", "etc/subuid-", "etc/subgid-"), idle: always},
	{what: "the password database, which holds the day", do: "Give useradd and adduser a SOURCE_DATE_EPOCH, or chage -d 0 the account in the same RUN.", is: exactly("etc/shadow")},
	{what: "apt's caches", do: "Remove them at the end of the same RUN: rm -f /var/cache/apt/*.bin", is: exactly("var/cache/apt/pkgcache.bin", "var/cache/apt/srcpkgcache.bin"), idle: always},
	{what: "apt's package lists", do: "Remove them at the end of the same RUN: rm -rf /var/lib/apt/lists/*", is: below("var/lib/apt/lists/")},
	{what: "npm's cache", do: "Leave it out of the image: RUN --mount=type=cache,target=/root/.npm", is: func(name string) bool {
		return strings.Contains(name, "/_cacache/index-v5/") || strings.HasSuffix(name, "/.npm/_update-notifier-last-checked")
	}, idle: always},
	{what: "caches of package managers", do: "Leave them out of the image, with a cache mount or an rm at the end of the same RUN.", is: func(name string) bool {
		return below("var/cache/apt/", "var/cache/dnf/", "var/cache/libdnf5/", "var/cache/yum/", "var/cache/apk/", "var/cache/zypp/")(name) || strings.Contains(name, "/_cacache/") || strings.Contains(name, "/.cache/")
	}},
	{
		what: "caches that programs rebuild", do: "Remove them at the end of the same RUN; what needs them makes them again.",
		is:   below("var/cache/fontconfig/", "var/cache/man/", "var/lib/dpkg/status-old", "var/lib/dpkg/diversions-old", "var/lib/dpkg/statoverride-old", "var/cache/debconf/config.dat-old", "var/cache/debconf/templates.dat-old"),
		idle: always,
	},
	{what: "Python's bytecode, which holds the times of its sources", do: "Set PYTHONDONTWRITEBYTECODE=1, or pip install --no-compile, in that instruction.", is: isBytecode, idle: sourceSame},
	{what: "npm's copy of the lock file", do: "Remove node_modules/.package-lock.json at the end of the same RUN.", is: func(name string) bool { return strings.HasSuffix("/"+name, "/node_modules/.package-lock.json") }, idle: inBoth},
	{
		what: "package databases that hold the time of installing", do: "Build with SOURCE_DATE_EPOCH set, or keep the layer from being built again: what it installs did not change.",
		is: func(name string) bool {
			return below("var/lib/rpm/", "usr/lib/sysimage/rpm/", "lib/apk/db/scripts.tar", "usr/lib/apk/db/scripts.tar")(name) || strings.HasPrefix(name, "var/lib/pacman/local/") && path.Base(name) == "desc"
		}, idle: packagesSame,
	},
	{what: "package managers' records of what they did", do: "Remove them at the end of the same RUN.", is: below("var/lib/dnf/history.", "var/lib/yum/history/", "usr/lib/sysimage/libdnf5/transaction_history.", "var/lib/zypp/AutoInstalled"), idle: packagesSame},
	{what: "Java's certificates, which hold times", do: "Set SOURCE_DATE_EPOCH in the instruction that installs them.", is: exactly("etc/ssl/certs/java/cacerts"), idle: func(c *comparison, f *changedFile) bool {
		return inBoth(c, f) && c.seenSame("etc/ssl/certs/ca-certificates.crt")
	}},
	{what: "keys that an installation makes", do: "Make them when the container starts: in the image, everybody has the same.", is: func(name string) bool {
		return strings.HasPrefix(name, "etc/ssh/ssh_host_") || strings.Contains(name, "ssl-cert-snakeoil")
	}},
	{what: "an archive, whose times may be all that changed", do: "Build the archive with fixed times: project.build.outputTimestamp for Maven, reproducibleFileOrder and preserveFileTimestamps=false for Gradle, SOURCE_DATE_EPOCH for most others.", is: func(name string) bool {
		switch path.Ext(name) {
		case ".jar", ".war", ".ear", ".zip", ".whl", ".egg", ".nupkg", ".gz", ".tgz":
			return true
		}
		return false
	}},
	{what: "git's own files", do: "Keep .git out of the image with .dockerignore.", is: func(name string) bool { return strings.Contains("/"+name, "/.git/") }},
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

// isIdle reports whether a file of this kind changed without anything that anyone needs.
// What became another kind of file, or another's, is a change all the same.
func (s *stampedFile) isIdle(c *comparison, f *changedFile) bool {
	if s == nil || s.idle == nil {
		return false
	}
	if f.was != nil && f.is != nil && (f.was.kind != f.is.kind || f.was.attributes != f.is.attributes) {
		return false
	}
	for _, side := range []*file{f.was, f.is} {
		if side != nil && side.kind != model.File {
			return false
		}
	}
	return s.idle(c, f)
}

// always is for files that nothing but the next run of their own program reads.
func always(*comparison, *changedFile) bool { return true }

// inBoth is for files that tell of others beside them, which are compared as well.
func inBoth(_ *comparison, f *changedFile) bool { return f.was != nil && f.is != nil }

// isBytecode reports whether a file is a compiled module of Python.
func isBytecode(name string) bool { return path.Ext(name) == ".pyc" }

// sourceSame reports whether the source of a module's bytecode is the same in both
// layers, or in both images where neither layer has it.
func sourceSame(c *comparison, f *changedFile) bool {
	dir, base := path.Split(f.name)
	module, _, _ := strings.Cut(base, ".")
	source := path.Join(dir, module+".py")
	if path.Base(dir) == "__pycache__" {
		source = path.Join(path.Dir(path.Clean(dir)), module+".py")
	}
	was, before := f.before[source]
	is, after := f.after[source]
	switch {
	case !inBoth(c, f) || before != after:
		return false
	case before:
		return same(was, is) && was.kind == model.File
	}
	return c.seenSame(source)
}

// packagesSame reports whether both images have the same packages of the same versions,
// as far as their databases are read.
func packagesSame(c *comparison, f *changedFile) bool {
	return inBoth(c, f) && len(c.new.Packages) > 0 && len(c.comparePackages()) == 0
}

// seenSame reports whether both images show the same file at a path.
func (c *comparison) seenSame(name string) bool {
	was, before := seen(c.old.Tree, name)
	is, after := seen(c.new.Tree, name)
	return before && after && was == is
}

// seen is the file that an image shows at a path: its size and a part of its hash.
func seen(t *model.Tree, name string) (what [2]uint64, ok bool) {
	node, ok := t.Lookup(name)
	if !ok {
		return what, false
	}
	id, ok := t.Visible(node)
	if !ok {
		return what, false
	}
	id = t.Content(id)
	r := &t.Records[id]
	what = [2]uint64{uint64(r.Size.Bytes()), t.Sums[id]}
	return what, r.Kind == model.File && what[0] > 0 && what[1] != 0
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
