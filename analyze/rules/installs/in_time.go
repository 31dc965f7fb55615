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

// comesInTime reports whether a later install names one of the autotools before anything
// that is known calls it: who installs it there does not need it here.
func (k *keeper) comesInTime(i int) bool {
	name := k.Packages[i].Name
	if !matchesAny(autotools, name) {
		return false
	}
	in := k.Parsed()
	for at := k.made + 1; at < len(in.All); at++ {
		commands, ok := in.Commands(at)
		if !ok || in.Keyword(at) != "RUN" {
			continue
		}
		installs := slices.IndexFunc(commands, func(c rewrite.Command) bool { return Installs(c) && names(c, name) })
		if installs < 0 {
			continue
		}
		before := commands[:installs]
		return !slices.ContainsFunc(before, func(c rewrite.Command) bool { return k.callsIt(c, i) }) &&
			!slices.ContainsFunc(k.list, func(c call) bool { return c.at != container && c.at < at && k.callsIt(c.Command, i) })
	}
	return false
}

// comesBefore reports whether a later install brings a package before an instruction, or before the
// container starts: as what it names or needs, or as what is recommended where it says nothing
// about that. There it gets its name, if that one is edited.
func (k *keeper) comesBefore(i, before int) bool {
	in := k.Parsed()
	if before == container {
		before = len(in.All)
	}
	for at := k.made + 1; at < before; at++ {
		commands, ok := in.Commands(at)
		if !ok || in.Keyword(at) != "RUN" {
			continue
		}
		if k.brings(commands, k.Packages[i].Name) {
			return true
		}
		if slices.ContainsFunc(commands, func(c rewrite.Command) bool {
			return Takes(c) && !isDry(c) && slices.ContainsFunc(k.Packages[i].RecommendedBy, func(by string) bool { return names(c, by) })
		}) {
			return true
		}
	}
	return false
}

// comesForCertificates reports whether a package is of certificates, and a later install brings them
// before anything is seen to fetch. There they get their name, if that one is edited.
func (k *keeper) comesForCertificates(i int) bool {
	name := k.Packages[i].Name
	if name != "ca-certificates" {
		return false
	}
	in := k.Parsed()
	for at := k.made; at < len(in.All); at++ {
		commands, ok := in.Commands(at)
		if !ok || in.Keyword(at) != "RUN" {
			if in.Keyword(at) == "RUN" {
				return false
			}
			continue
		}
		for _, c := range commands {
			switch {
			case at > k.made && Installs(c) && !isDry(c) && (names(c, name) || Takes(c) && k.bringsCertificates(c)):
				return true
			case fetches(c):
				return false
			}
		}
	}
	return false
}

// fetches reports whether a command may ask a server for something, but for installs, which do so
// without certificates.
func fetches(c rewrite.Command) bool {
	if _, _, apt := c.Apt(); apt {
		return false
	}
	return c.Name() == "" || matchesAny(tlsClients, c.Name()) || strings.Contains(c.Source(), "https://") || strings.Contains(c.Name(), ".sh") || strings.Contains(c.Words[0].Text, "/")
}

// bringsCertificates reports whether an install names a package that is new there and recommends
// certificates, as Debian's packages of clients do.
func (k *keeper) bringsCertificates(c rewrite.Command) bool {
	return slices.ContainsFunc([]string{"curl", "wget", "git"}, func(name string) bool {
		i, ok := k.byName[name]
		return ok && k.Packages[i].Layer > k.layer && names(c, name)
	})
}

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
	seen, queue := map[int]bool{i: true}, []int{i}
	for len(queue) > 0 {
		p := &k.Packages[queue[0]]
		queue = queue[1:]
		if matchesAny(archiveTools, p.Name) {
			return true
		}
		for _, by := range append([]string{p.NeededBy}, p.RecommendedBy...) {
			if at, ok := k.byName[by]; ok && !seen[at] {
				seen[at] = true
				queue = append(queue, at)
			}
		}
	}
	return false
}

// isSelfSufficient reports whether an instruction passes a shell only scripts that set up a
// package archive, and install with apt what they call themselves.
func (c *calls) isSelfSufficient(at int) bool {
	return rewrite.SetsUpArchive(c.im.Parsed().Text(at))
}
