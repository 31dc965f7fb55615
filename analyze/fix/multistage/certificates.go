package multistage

import (
	"slices"
	"strings"

	edits "github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/model"
)

// ofTLS are beginnings of the names that libraries which speak TLS and their packages have.
var ofTLS = []string{"libcurl", "libssl", "libgnutls", "libmbedtls", "libwolfssl", "libnss3", "libneon", "libsoup", "libgit2", "libQt5Network", "libQt6Network", "libqt5network", "libqt6network"}

// speaksTLS reports whether a library or a package, by its name, speaks TLS and so may read the
// certificates of authorities.
func speaksTLS(name string) bool {
	return slices.ContainsFunc(ofTLS, func(start string) bool { return strings.HasPrefix(name, start) })
}

// requestCertificates requests the certificates of authorities, which often come only because
// libcurl4 or git recommends them, where the build stage has them and something may verify a
// server: a package that is retained speaks TLS, or a program that is copied could not be read
// whole. What a program itself is linked with or names, as Go programs do, requestOwners has seen.
func (d *draft) requestCertificates(byName map[string]int, wanted []bool) {
	at, known := byName["ca-certificates"]
	if !known || d.retained[at] || d.isPurged("ca-certificates") || !d.verifiesServers() || d.comesRecommended("ca-certificates") {
		return
	}
	if d.retainsTLS() || d.copiesUnread() {
		d.request(at, wanted)
		d.retained = d.tools.Closure(wanted)
	}
}

// requestServices requests the names of services and protocols, which often come only because perl
// recommends them, where something looks them up.
func (d *draft) requestServices(byName map[string]int, wanted []bool) {
	at, known := byName["netbase"]
	if !known || d.retained[at] || d.isPurged("netbase") || d.comesRecommended("netbase") {
		return
	}
	if slices.ContainsFunc(d.instructions, func(in instruction) bool { return edits.LooksUpServices(in.source) }) {
		d.request(at, wanted)
		d.retained = d.tools.Closure(wanted)
	}
}

// verifiesServers reports whether what runs may ask other servers for their certificates. A server
// of files does so only where its configuration names the certificates of authorities.
func (d *draft) verifiesServers() bool {
	if d.entry.kind != staticServer {
		return true
	}
	for name := range d.refs {
		if isBelow(name, []string{"etc/ssl/certs", "usr/share/ca-certificates"}) {
			return true
		}
	}
	return false
}

// retainsTLS reports whether a package that speaks TLS came in the build stage and is retained.
func (d *draft) retainsTLS() bool {
	for i := range d.in.Report.SystemPackages() {
		if p := &d.in.Report.Packages[i]; d.retained[i] && p.Layer >= d.ownLayer && speaksTLS(p.Name) {
			return true
		}
	}
	return false
}

// copiesUnread reports whether a program is copied of which not all the constants were searched.
func (d *draft) copiesUnread() (unread bool) {
	for _, source := range d.copied {
		d.eachFile(source.node, source.path, func(id model.RecordID, _ string) {
			f := d.view.Program(id)
			unread = unread || f != nil && !f.IsScript() && (f.Unread || f.Incomplete)
		})
	}
	return unread
}

// comesRecommended reports whether an install of the runtime stage that takes recommended packages
// brings one, since what it names, or what that depends on, recommends it.
func (d *draft) comesRecommended(name string) bool {
	packages := d.in.Report.SystemPackages()
	named := make(map[string]bool)
	for i := range d.buildStage() {
		for _, install := range d.instructions[i].packages {
			tools := d.toolsAgain(install)
			for _, word := range install.words {
				if slices.Contains(tools, word) {
					continue // without what it recommends
				}
				named[packageName(word)] = named[packageName(word)] || !slices.Contains(install.options, "--no-install-recommends")
			}
		}
	}
	from := make([]bool, len(packages))
	for i := range packages {
		from[i] = named[packages[i].Name]
	}
	comes := d.tools.Closure(from)
	return slices.ContainsFunc(packages, func(p model.Package) bool {
		return p.Name == name && slices.ContainsFunc(p.RecommendedBy, func(by string) bool {
			return slices.ContainsFunc(d.indexesOf(by), func(i int) bool { return comes[i] })
		})
	})
}

// indexesOf returns which of the packages go by a name.
func (d *draft) indexesOf(name string) (indexes []int) {
	for i := range d.in.Report.SystemPackages() {
		if d.in.Report.Packages[i].Name == name {
			indexes = append(indexes, i)
		}
	}
	return indexes
}
