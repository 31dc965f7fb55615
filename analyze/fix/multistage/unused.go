package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/analyze/loader"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// isLinked reports whether a program that the build stage made is linked with a file, or may
// load it.
func (d *draft) isLinked(id model.RecordID) bool {
	if d.linked == nil {
		d.linked = make(map[model.RecordID]bool)
		for program, f := range d.in.Build.Executables {
			r := &d.tree.Records[program]
			if int(r.Layer) < d.ownLayer || int(r.Layer) > d.lastLayer || d.owner(program) >= 0 || r.HiddenBy != model.StillThere {
				continue
			}
			if name := d.tree.Path(r.Node); !d.isNamed(name) && (d.isTarget(name) || d.isUnused(name)) {
				continue // a tool left it where it builds, and what runs is elsewhere
			}
			for _, name := range slices.Concat(f.Needed, f.Names) {
				if strings.Contains(name, "/") {
					continue
				}
				for _, place := range d.loaded(name, f) {
					d.linked[d.tree.Content(place.Record)] = true
					if n, ok := d.tree.Lookup(place.Path); ok {
						if link, ok := d.tree.At(n, d.lastLayer); ok {
							d.linked[link] = true
						}
					}
				}
			}
		}
	}
	return d.linked[id]
}

// loaded returns the files that a program may load by the name of a library: those that the
// dynamic linker finds by itself or where the program says, or all where there are none.
func (d *draft) loaded(name string, f *executable.File) []loader.Place {
	all := d.view.Named(name)
	found := slices.DeleteFunc(slices.Clone(all), func(p loader.Place) bool {
		dir := path.Dir(p.Path)
		return !isBelow(dir, []string{"lib", "lib64", "usr/lib", "usr/lib64", "usr/local/lib", "usr/local/lib64"}) && !strings.Contains(f.Runpath+":"+f.Rpath+":", "/"+dir+":")
	})
	if len(found) == 0 {
		return all
	}
	return found
}

// isUnused reports whether a path lies in a directory of which it is known that what runs
// reads nothing but what is named: a directory that COPY brought and that holds neither
// the program nor the working directory, where the program is compiled and its constants
// are known, or a server hands out what its configuration names.
func (d *draft) isUnused(name string) bool {
	root := d.sourceRoot(name)
	if root == "" {
		return false
	}
	switch d.entry.kind {
	case compiled:
		work := strings.Trim(path.Clean("/"+d.in.Build.WorkingDir), "/")
		atWork := isBelow(work, []string{root}) || isBelow(root, []string{work}) && work != ""
		if !executable.Searches(root) || atWork && !d.isInstalled() || isBelow(d.entry.path, []string{root}) || len(d.in.Build.Program().Commands) > 1 {
			return false
		}
		if constants, complete := d.constants(); !complete || slices.ContainsFunc(constants, func(c string) bool { return strings.HasPrefix(c+"/", "/"+root+"/") }) {
			return false
		}
	case staticServer:
	default:
		return false
	}
	return !d.refs[root] && !d.isReferencedAbove(name, root)
}

// isInstalled reports whether a build system put what it built into place, so that nothing runs
// in the directory where it was built.
func (d *draft) isInstalled() bool {
	return slices.ContainsFunc(d.buildStage(), func(in instruction) bool {
		return in.run != nil && slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool {
			switch c.Name() {
			case "make", "gmake", "ninja", "meson", "cmake":
				return slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == "install" || w.Text == "--install" })
			}
			return false
		})
	})
}

// constants are the names that programs which the build stage made hold. complete reports
// whether all of them were searched whole.
func (d *draft) constants() (names []string, complete bool) {
	if d.names == nil {
		d.names, d.namesComplete = []string{}, true
		for id, f := range d.in.Build.Executables {
			if r := &d.tree.Records[id]; f.IsScript() || int(r.Layer) < d.ownLayer || d.owner(id) >= 0 || d.isLeftover(id) {
				continue
			}
			if name := d.tree.Path(d.tree.Records[id].Node); d.isCache(name) || !d.isNamed(name) && d.isTarget(name) {
				continue
			}
			d.names = append(d.names, f.Names...)
			d.namesComplete = d.namesComplete && !f.Incomplete && !f.Unread
		}
	}
	return d.names, d.namesComplete
}
