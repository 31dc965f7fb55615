package rewrite

import (
	"slices"
	"strings"
)

// Apt reads a call of apt-get, apt or aptitude: its subcommand (update, install,
// clean …) and the words after it that are no options. See apt-get(8).
func (c Command) Apt() (sub string, operands []string, ok bool) {
	switch c.Name() {
	case "apt-get", "apt", "aptitude", "apt-fast":
	default:
		return "", nil, false
	}
	valued := []string{"-o", "--option", "-c", "--config-file", "-t", "--target-release", "--default-release", "-a", "--host-architecture", "-P"}
	args := c.Args()
	for i := 0; i < len(args); i++ {
		text := args[i].Text
		switch {
		case slices.Contains(valued, text):
			i++
		case strings.HasPrefix(text, "-"):
		case sub == "":
			sub = text
		default:
			operands = append(operands, text)
		}
	}
	return sub, operands, true
}

// FetchesLists reports whether a command is apt-get update of all sources, and not one that is told to look at some
// of them: apt.conf(5), Dir::Etc.
func (c Command) FetchesLists() bool {
	sub, operands, apt := c.Apt()
	return apt && sub == "update" && len(operands) == 0 && !slices.ContainsFunc(c.Words, func(w Word) bool { return strings.Contains(w.Text, "Dir::") })
}

// NeedsLists reports whether a command picks packages from apt's lists, so that
// they must be there when it runs.
func (c Command) NeedsLists() bool {
	sub, operands, ok := c.Apt()
	if !ok {
		switch c.Name() {
		case "apt-cache", "apt-file", "apt-show-versions", "mk-build-deps", "tasksel", "gdebi", "unattended-upgrade", "equivs-build":
			return true
		}
		return false
	}
	switch sub {
	case "install", "reinstall":
		// A package file of its own may still need others.
		return len(operands) > 0 || len(c.Words) > 2
	case "upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade", "build-dep", "download", "source", "satisfy", "dselect-upgrade", "changelog",
		"search", "show", "list", "policy", "depends", "rdepends", "madison", "showsrc", "changelogs", "why":
		return true
	}
	return false
}

// archiveScripts are the addresses of scripts that set up a package archive.
var archiveScripts = []string{"deb.nodesource.com", "rpm.nodesource.com", "packagecloud.io/install", "dl.cloudsmith.io/public/", "get.docker.com", "test.docker.com"}

// SetsUpArchive reports whether all addresses of a text are those of scripts that set up a
// package archive, and there is one. They fetch package lists, and install what they call
// themselves.
func SetsUpArchive(text string) (found bool) {
	for _, part := range strings.Split(text, "://")[1:] {
		if !slices.ContainsFunc(archiveScripts, func(host string) bool { return strings.HasPrefix(part, host) }) {
			return false
		}
		found = true
	}
	return found
}

// RunsArchiveScript reports whether a command of a RUN fetches the script of a package archive that the
// RUN then runs.
func (r *Run) RunsArchiveScript(at int) bool {
	return SetsUpArchive(r.Commands[at].Source()) && slices.ContainsFunc(r.Commands[at+1:], func(c Command) bool {
		return slices.Contains([]string{"sh", "bash", "dash", ".", "source"}, c.Name()) || strings.HasPrefix(c.Name(), "./")
	})
}
