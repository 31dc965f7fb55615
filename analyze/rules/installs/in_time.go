package installs

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// autotools are what makes a configure script. The script itself does not call them.
const autotools = "automake autoconf libtool m4 autopoint gettext bison flex"

// bootstraps are the programs and scripts that call them.
const bootstraps = "autoreconf aclocal autoheader libtoolize autogen* bootstrap* buildconf* autopoint"

// comes reports whether a later install brings a package before anything needs it: the instruction
// that it would be kept for, the first command that calls one of the autotools, the first one that
// fetches something where it is about certificates, and any command where nothing is known. There it
// gets its name, if that install is edited.
func (k *keeper) comes(i int) bool {
	end, name := len(k.Parsed().All), k.Packages[i].Name
	sure := func(c rewrite.Command) bool { return k.brings(c, i) }
	likely := func(c rewrite.Command) bool { return k.brings(c, i) || k.offers(c, i) }
	switch {
	case k.comesBefore(i, k.firstOther(), isWork, sure):
		return true
	case matchesAny(autotools, name) && k.comesBefore(i, end, func(c rewrite.Command) bool { return k.callsIt(c, i) }, sure):
		return true
	case name == "ca-certificates" && k.comesBefore(i, end, fetches, likely):
		return true
	case k.before == 0:
		return false
	case k.before != container:
		end = k.before
	}
	return k.comesBefore(i, end, func(rewrite.Command) bool { return false }, likely)
}

// comesBefore walks over the commands behind the install, up to an instruction, and reports whether a
// later install brings a package before a command needs it. A RUN that cannot be read may need it.
func (k *keeper) comesBefore(i, end int, needs, brings func(rewrite.Command) bool) bool {
	in := k.Parsed()
	for at := k.made; at < end; at++ {
		if in.Keyword(at) == "RUN" {
			commands, ok := in.Commands(at)
			if !ok {
				return false
			}
			if at == k.made {
				commands = behindInstall(commands)
			}
			for _, c := range commands {
				switch {
				case at > k.made && Installs(c) && !isDry(c) && brings(c):
					return true
				case needs(withName(c)):
					return false
				}
			}
		}
		if slices.ContainsFunc(k.list, func(c call) bool { return c.at == at && needs(c.Command) }) {
			return false // in a script
		}
		if at == k.made && k.late != nil && k.late[i] {
			return true
		}
	}
	return false
}

// firstOther is the first instruction behind the install that may do more than to run commands and to
// bring files.
func (im *image) firstOther() int {
	in := im.Parsed()
	at := im.made
	for at < len(in.All) && slices.Contains([]string{"RUN", "COPY", "ENV", "ARG", "LABEL", "WORKDIR", "EXPOSE", "MAINTAINER"}, in.Keyword(at)) {
		at++
	}
	return at
}

// isWork reports whether a command does more than to install packages.
func isWork(c rewrite.Command) bool { return !onlyApt([]rewrite.Command{c}) }

// offers reports whether a command is an install that says nothing about recommended packages, and
// brings one that recommends another. That one has to be new there: of those that it finds
// installed, apt brings nothing more.
func (k *keeper) offers(c rewrite.Command, i int) bool {
	if !Takes(c) {
		return false
	}
	brought := k.broughtBy(c)
	return slices.ContainsFunc(k.Packages[i].RecommendedBy, func(by string) bool {
		at, ok := k.byName[by]
		return ok && brought[at] && k.Packages[at].Layer > k.layer
	})
}

// fetches reports whether a command may ask a server for something, but for installs, which do so
// without certificates.
func fetches(c rewrite.Command) bool {
	if _, _, apt := c.Apt(); apt {
		return false
	}
	return c.Name() == "" || matchesAny(tlsClients, c.Name()) || strings.Contains(c.Source(), "https://") || strings.Contains(c.Name(), ".sh") || strings.Contains(c.Words[0].Text, "/")
}

// callsIt reports whether a command may call a package of autotools.
func (k *keeper) callsIt(c rewrite.Command, i int) bool {
	name := c.Name()
	if name == "" || matchesAny(bootstraps, name) {
		return true
	}
	owner, owned, _ := k.command(name)
	return owned && owner == i || name == k.Packages[i].Name
}

// isSpent reports whether all calls of programs that want keys come before the install, in
// the same RUN, that brings a package of keys: they do without it.
func (k *keeper) isSpent(i int, programs string) bool {
	commands, ok := k.Parsed().Commands(k.made)
	if !ok || !matchesAny("gnupg gpg gpg-agent dirmngr", k.Packages[i].Name) {
		return false
	}
	if k.bringsKeys(i) {
		return false // they were there when it called them
	}
	host := chainOf(k.Build, k.Packages[i].Name)[0]
	install := slices.IndexFunc(commands, func(c rewrite.Command) bool { return Installs(c) && names(c, host) })
	if install < 0 {
		return false
	}
	spent := false
	for i := range k.list {
		c := &k.list[i]
		name := c.Name()
		if name == "" || !matchesAny(programs, name) {
			continue
		}
		if c.at != k.made || slices.IndexFunc(commands, func(other rewrite.Command) bool { return other.Source() == c.Source() }) > install {
			return false
		}
		spent = true
	}
	return spent
}

// archiveTools are the packages of add-apt-repository.
const archiveTools = "software-properties-common python-software-properties python3-software-properties"

// bringsKeys reports whether the install of add-apt-repository brings a package of keys, by
// whatever way, whatever else does.
func (k *keeper) bringsKeys(i int) bool {
	if !slices.ContainsFunc(k.typed, func(name string) bool { return matchesAny(archiveTools, name) }) {
		return false
	}
	for at := range k.reasons(i, nil) {
		if matchesAny(archiveTools, k.Packages[at].Name) {
			return true
		}
	}
	return false
}

// isSelfSufficient reports whether an instruction passes a shell only scripts that set up a
// package archive, and install with apt what they call themselves.
func (c *calls) isSelfSufficient(at int) bool {
	return rewrite.SetsUpArchive(c.im.Parsed().Text(at))
}
