package installs

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// wellKnown are packages of which is known what they do with the packages that they recommend,
// beside those that the table of pairs speaks of: compilers and libraries, servers and shells' tools
// that go into images every day.
const wellKnown = `*-dev lib* python3 python3.* python python-* python3-* perl ruby* php* nodejs npm linux-* *-jre *-jdk *-headless openjdk-* default-j* curl wget gnupg* gpg* vim* nano emacs* build-essential
	dpkg-dev debhelper devscripts fakeroot clang* llvm* gcc* g++* gfortran* gdb* lldb* valgrind cmake* meson ninja-build make autoconf automake libtool pkg-config pkgconf cron anacron rsyslog procps psmisc sudo iproute2 iputils-*
	net-tools dnsutils bind9-* locales tzdata less man-db supervisor nginx* apache2* mysql-* mariadb-* default-mysql-* postgresql* redis* sqlite3 memcached openssh-* xz-utils zip unzip bzip2 tar ca-certificates
	lsb-release lsb-core software-properties-common apt-* aptitude debconf* texlive* latexmk xvfb mono-* nuget ffmpeg imagemagick ghostscript git subversion mercurial rsync tmux screen htop zsh fish bash* make jq
	tree ncdu netcat* telnet tcpdump nmap iptables systemd* dbus* udev kmod xauth x11-* mesa-* docker* podman* r-base* r-cran-* golang* rustc cargo ant maven gradle ansible*`

// harmless are kinds of packages that nobody misses at first: those that are inert, headers, libraries
// and what languages are made of.
const harmless = inert + ` *-dev lib* python3 python3.* python3-* python-* perl* *systemd* policykit* polkit* xdg-* less xauth tzdata ca-certificates patch openssh-client build-essential gcc* g++* make binutils* gnupg*
	gpg* node-* ruby* php* linux-* apt-* fonts-*`

// askedFor keeps the programs and plugins that a package of the install recommends by itself, and
// of which nothing is known here: those who made it ask for them in all but unusual installs.
func (k *keeper) askedFor() {
	driven := k.drivenLater() != "" // by what nobody can read, which may call any of them
	for i := range k.Packages {
		p := &k.Packages[i]
		if !k.gone[i] || k.stays[i] || p.Via != "" || p.NeededBy != "" || matchesAny(harmless, p.Name) || matchesAny(screens, p.Name) {
			continue
		}
		at := slices.IndexFunc(p.RecommendedBy, func(by string) bool { return slices.Contains(k.typed, by) })
		if at < 0 || isDecided(p.Name, p.RecommendedBy[at]) || isKnownHost(p.RecommendedBy[at]) && !driven || !k.bringsProgram(i) {
			continue
		}
		k.before = container
		k.keep(i, p.RecommendedBy[at]+asksFor)
		k.before = 0
	}
}

// bringsProgram reports whether a package has a program that is called by its name, or a plugin.
func (k *keeper) bringsProgram(i int) bool {
	if k.Tree == nil || k.Tree.Packages == nil {
		return false
	}
	for id, record := range k.Tree.Layer(k.Packages[i].Layer) {
		if int(k.Tree.Packages[id]) != i || record.Kind != model.File {
			continue
		}
		name := k.Tree.Path(record.Node)
		if systemDir("/"+path.Dir(name)) || path.Dir(name) == "usr/games" || path.Ext(name) == ".so" {
			return true
		}
	}
	return false
}

// isInPairs reports whether the table of pairs says of what a package is kept.
func isInPairs(name string) bool {
	return slices.ContainsFunc(pairs, func(p pair) bool { return matchesAny(p.keep, name) })
}

// isDecided reports whether the table of pairs says when a package is kept that another recommends.
func isDecided(name, by string) bool {
	return slices.ContainsFunc(pairs, func(p pair) bool {
		return matchesAny(p.keep, name) && (p.of == "" || matchesAny(p.of, by))
	})
}

// maxHosts is how many patterns of packages a pair may have and still be about what each of them does:
// one for all that draws text knows no more of them than that.
const maxHosts = 10

// isKnownHost reports whether it is known what a package does with those that it recommends.
func isKnownHost(name string) bool {
	return matchesAny(wellKnown, name) || slices.ContainsFunc(pairs, func(p pair) bool {
		return p.of != "" && len(strings.Fields(p.of)) <= maxHosts && matchesAny(p.of, name)
	})
}
