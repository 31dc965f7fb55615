package multistage

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/model"
)

// isLinkingKnown reports whether the scan noted what the programs that the build stage
// made are linked with: it knows the program that the container starts, or one that the
// build stage made.
func (d *draft) isLinkingKnown() bool {
	if d.entry.kind != unknownEntry {
		return true
	}
	known := false
	for _, source := range d.copied {
		d.eachFile(source.node, source.path, func(id model.RecordID, _ string) {
			f := d.view.Program(id)
			known = known || f != nil && !f.IsScript() && !f.Unread
		})
	}
	return known
}

// requestOwners requests the packages of what copied programs need, as far as the scan
// noted it: the libraries that they are linked with or may load, the interpreters of
// scripts, files that their constants name; and the package of the program that the
// container starts.
func (d *draft) requestOwners(wanted []bool) {
	want := func(id model.RecordID) {
		if at := d.ownerOf(id); at >= 0 && !d.retained[at] && !d.tools.Tool(int(at)) {
			d.request(int(at), wanted)
			d.retained = d.tools.Closure(wanted)
		}
	}
	for _, c := range d.in.Build.Program().Commands {
		if id, name, ok := d.findStarted(c.Words[0].Text); ok {
			want(id)
			d.needsOf(id, name, want)
		}
	}
	if words := d.in.Build.Program().Words; len(words) > 0 {
		if id, _, ok := d.find(words[0]); ok {
			want(id)
		}
	}
	for _, source := range d.copied {
		d.eachFile(source.node, source.path, func(id model.RecordID, name string) { d.needsOf(id, name, want) })
	}
	d.eachBehind(func(id model.RecordID, name string) { d.needsOf(id, name, want) })
	for _, source := range d.links {
		if id, _, ok := d.view.Resolve(source.path); ok {
			want(id)
		}
	}
}

// eachBehind calls f for each file and link that an instruction behind the build stage brings, and
// that no package owns.
func (d *draft) eachBehind(f func(id model.RecordID, name string)) {
	for layer := d.lastLayer + 1; layer < d.tree.Layers(); layer++ {
		for id, r := range d.tree.Layer(layer) {
			if r.Kind >= model.Whiteout || d.isDirectory(id) || d.owner(id) >= 0 {
				continue
			}
			if seen, ok := d.tree.Visible(r.Node); ok && seen == id {
				f(id, d.tree.Path(r.Node))
			}
		}
	}
}

// ownerOf returns the package that a record's content belongs to, by any of its names.
func (d *draft) ownerOf(id model.RecordID) int32 {
	if at := d.owner(id); at >= 0 {
		return at
	}
	return d.owner(d.tree.Content(id))
}

// needsOf calls want for each file that a program needs.
func (d *draft) needsOf(id model.RecordID, name string, want func(model.RecordID)) {
	content := d.tree.Content(id)
	if d.tree.Records[content].Kind == model.Symlink {
		if to, _, ok := d.view.Resolve(name); ok {
			want(to)
		}
		return
	}
	f := d.view.Program(id)
	if f == nil {
		return
	}
	if f.IsScript() {
		for _, word := range strings.Fields(f.Script) {
			if to, _, ok := d.find(word); ok {
				want(to)
			}
		}
		return
	}
	library := func(name string) {
		for _, place := range d.view.Named(name) {
			want(place.Record)
		}
		if speaksTLS(name) && d.verifiesServers() {
			d.wantPackage("ca-certificates", want)
		}
	}
	for _, needed := range f.Needed {
		library(needed)
	}
	for _, constant := range f.Names {
		if !strings.HasPrefix(constant, "/") {
			library(constant)
			continue
		}
		if isBelow(constant, []string{"/etc/ssl"}) && d.verifiesServers() {
			d.wantPackage("ca-certificates", want)
		}
		if to, _, ok := d.view.Resolve(constant); ok {
			want(d.someFile(to))
		}
	}
}

// someFile returns a record itself, or of a directory some file below it.
func (d *draft) someFile(id model.RecordID) model.RecordID {
	if !d.isDirectory(id) {
		return id
	}
	for c := range d.tree.Children(d.tree.Records[id].Node) {
		if below, ok := d.tree.At(c, d.lastLayer); ok && d.ownerOf(below) >= 0 {
			return below
		}
	}
	return id
}

// wantPackage calls want for a file of a package that the build stage has, unless an install
// brings the package as a recommended one.
func (d *draft) wantPackage(name string, want func(model.RecordID)) {
	if d.comesRecommended(name) {
		return
	}
	for _, file := range []string{"usr/share/doc/" + name + "/copyright", "usr/sbin/update-" + name, path.Join("usr/share", name)} {
		if id, _, ok := d.view.Resolve(file); ok {
			want(d.someFile(id))
		}
	}
}
