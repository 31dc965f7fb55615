package need

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// InstallsByItself reports whether a command is of a program that installs packages of Debian from the
// lists that it finds.
func InstallsByItself(c rewrite.Command) bool { return callOf(c).installsByItself() }

// AddsSource reports whether a command adds a source of packages and fetches the lists then, unless
// the release is too old for that.
func AddsSource(c rewrite.Command) bool { return callOf(c).addsSource() }

func callOf(c rewrite.Command) *call {
	one := &call{name: c.Name()}
	for _, w := range c.Words {
		one.words = append(one.words, w.Text)
	}
	return one
}

// addsSource: add-apt-repository(1).
func (c *call) addsSource() bool {
	return (c.name == "add-apt-repository" || c.name == "apt-add-repository") && !slices.ContainsFunc(c.words, func(word string) bool {
		return slices.Contains([]string{"-n", "--no-update", "-r", "--remove"}, word)
	})
}

// installsByItself reports whether a call is of a program that installs packages of Debian from
// the lists that it finds: it calls apt-get install, and nothing before that.
// See docs.ros.org, "rosdep"; wajig(1); pkcon(1); github.com/postmodern/ruby-install.
func (c *call) installsByItself() bool {
	switch c.name {
	case "ruby-install":
		return len(c.words) > 1 && !slices.Contains(c.words, "--no-install-deps")
	case "rosdep", "wajig", "nala", "pkcon", "aptdcon":
		return slices.ContainsFunc(c.words[1:], func(word string) bool {
			return word == "install" || word == "build-depend" || word == "--install" || strings.HasPrefix(word, "--install=")
		})
	}
	return false
}

// archiveScript matches the names of scripts that set up a package archive and fetch lists first.
// github.com/nodesource/distributions; get.docker.com; packagecloud.io/docs.
var archiveScript = lazyregexp.New(`^(?:nodesource_setup\.sh|setup_(?:[0-9]+|lts|current)\.x|get-docker\.sh|script\.deb\.sh)$`)

// fetchesByItself reports whether a call is of a program that fetches package lists itself, and
// then installs packages. See playwright.dev, "Browsers"; github.com/bitnami/minideb.
func (c *call) fetchesByItself() bool {
	switch c.name {
	case "install_packages", "clean-install":
		return len(c.words) > 1
	case "conan": // docs.conan.io, "tools.system.package_manager"
		return slices.ContainsFunc(c.words, func(word string) bool { return strings.HasSuffix(word, "package_manager:mode=install") })
	}
	if archiveScript.MatchString(c.name) || shells[c.name] && slices.ContainsFunc(c.words, func(word string) bool { return archiveScript.MatchString(programName(word)) }) {
		return true
	}
	at := slices.IndexFunc(c.words, func(word string) bool {
		name, _, _ := strings.Cut(programName(word), "@")
		return name == "playwright" || name == "playwright-core"
	})
	if at < 0 {
		return false
	}
	rest := c.words[at+1:]
	return slices.Contains(rest, "install-deps") || slices.Contains(rest, "install") && slices.Contains(rest, "--with-deps")
}

// changesStatus reports whether a call writes into the database of dpkg without a look at
// package lists.
func (c *call) changesStatus() bool {
	return c.name == "dpkg" || strings.HasPrefix(c.name, "dpkg-") || c.name == "apt-mark" || c.name == "debconf-set-selections"
}

// installer returns the command of a RUN that installed packages though it does not look like it:
// the layer has another state of dpkg's database, and no command of apt or dpkg explains that.
// It is "" where there is none, and where the RUN has fetched lists of its own.
func (r *Room) installer(at int, calls []call) string {
	if !r.changed(at, dpkgStatus) || r.LeavesLists(at) {
		return ""
	}
	explained := slices.ContainsFunc(calls, func(c call) bool { return c.installsFile() })
	for i := range calls {
		c := &calls[i]
		if c.known || operandReaders[c.name] || shells[c.name] || explained && c.name != "" && !strings.Contains(c.words[0], "/") {
			continue
		}
		return c.source
	}
	return ""
}

// installsFile reports whether a call installs a package from its file, so that dpkg's database is
// another one without any list.
func (c *call) installsFile() bool {
	return c.name == "dpkg" && slices.ContainsFunc(c.words[1:], func(word string) bool { return word == "-i" || word == "--install" || word == "--unpack" })
}
