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

// NeedsLists reports whether a command picks packages from apt's lists, so that
// they must be there when it runs.
func (c Command) NeedsLists() bool {
	sub, operands, ok := c.Apt()
	if !ok {
		switch c.Name() {
		case "apt-cache", "apt-file", "apt-show-versions", "add-apt-repository", "mk-build-deps", "tasksel", "gdebi", "unattended-upgrade", "equivs-build":
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
