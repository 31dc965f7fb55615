package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/analyze/lazyregexp"
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
// the program nor the working directory, and nothing but source, where the program is
// compiled and its constants are known, or a server hands out what its configuration names.
func (d *draft) isUnused(name string) bool {
	root := d.sourceRoot(name)
	if root == "" {
		return false
	}
	switch d.entry.kind {
	case compiled:
		work := strings.Trim(path.Clean("/"+d.in.Build.WorkingDir), "/")
		atWork := isBelow(work, []string{root}) || isBelow(root, []string{work}) && work != ""
		if !executable.Searches(root) || atWork && !d.isInstalled() || isBelow(d.entry.path, []string{root}) || d.holdsData(root) || len(d.in.Build.Program().Commands) > 1 {
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

// installedFrom are the directories in which a RUN configured, built and installed what it had
// fetched, without leading slash: what was built there is elsewhere now. The project that a COPY
// brought is none of them, since its make install may do anything.
func (d *draft) installedFrom() []string {
	if d.sources != nil {
		return d.sources
	}
	d.sources = []string{}
	for i := range d.buildStage() {
		if d.instructions[i].run == nil || !slices.ContainsFunc(d.instructions[i].run.Commands, func(c rewrite.Command) bool {
			return slices.Contains([]string{"configure", "config", "Configure", "cmake", "meson", "autogen.sh"}, c.Name())
		}) {
			continue
		}
		for _, c := range d.instructions[i].run.Commands {
			if c.Name() != "make" && c.Name() != "gmake" && c.Name() != "ninja" || !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == "install" }) {
				continue
			}
			dir := c.Dir
			if !c.DirKnown {
				if dir = d.enteredAt(i); dir == "" {
					continue
				}
			}
			for k, w := range c.Args() {
				if k > 0 && c.Args()[k-1].Text == "-C" && w.Literal {
					dir = path.Join(dir, w.Text)
					if path.IsAbs(w.Text) {
						dir = w.Text
					}
				}
			}
			if !path.IsAbs(dir) {
				dir = path.Join(d.workDirAt(i), dir)
			}
			work := strings.Trim(path.Clean("/"+d.in.Build.WorkingDir), "/")
			if name := strings.TrimPrefix(path.Clean(dir), "/"); strings.Contains(strings.TrimPrefix(name, "usr/"), "/") || name != "" && d.isDownloaded(name) {
				if !isSystemPath(name) && d.sourceRoot(name+"/x") == "" && !isBelow(work, []string{name}) && !isBelow(d.entry.path, []string{name}) {
					d.sources = append(d.sources, name)
				}
			}
		}
	}
	return d.sources
}

// variable matches one in a word of a shell.
var variable = lazyregexp.New(`\$\{?\w+\}?`)

// enteredAt is the directory that a RUN works in which enters one by a name with a variable, and no other: the only
// one in the image by such a name; "" where there is none.
func (d *draft) enteredAt(i int) string {
	entered := ""
	for _, c := range d.instructions[i].run.Commands {
		if c.Name() != "cd" && c.Name() != "pushd" {
			continue
		}
		if entered != "" || len(c.Args()) != 1 || c.Conditional || c.Subshell {
			return ""
		}
		entered = variable.ReplaceAllString(strings.Trim(c.Args()[0].Text, `"'`), "*")
	}
	if entered == "" || strings.ContainsAny(entered, "$`") {
		return ""
	}
	if !path.IsAbs(entered) {
		entered = path.Join(d.workDirAt(i), entered)
	}
	parent, ok := d.tree.Lookup(strings.Trim(path.Dir(entered), "/"))
	if !ok {
		return ""
	}
	found := ""
	for child := range d.tree.Children(parent) {
		id, there := d.tree.At(child, d.lastLayer)
		if fits, err := path.Match(path.Base(entered), d.tree.Name(child)); err != nil || !fits || !there || !d.isDirectory(id) {
			continue
		}
		if found != "" {
			return ""
		}
		found = path.Join(path.Dir(entered), d.tree.Name(child))
	}
	return found
}

// isDownloaded reports whether a directory at the root is one that an archive brought: its name
// has a version in it.
func (d *draft) isDownloaded(name string) bool {
	return strings.ContainsAny(name, "0123456789") && strings.Contains(name, "-")
}

// isRemovedLater reports whether a RUN behind the build stage removes a file with rm -f, and no
// other command behind it names what that removes, so that it need not be copied.
func (d *draft) isRemovedLater(id model.RecordID) bool {
	n := d.tree.Records[id].Node
	if _, ok := d.tree.At(n, d.tree.Layers()-1); ok {
		return false
	}
	for layer := d.lastLayer + 1; layer < d.tree.Layers(); layer++ {
		if _, ok := d.tree.At(n, layer); ok {
			continue
		}
		top := n
		for at := n; at != model.Root; at = d.tree.Nodes[at].Parent {
			if _, ok := d.tree.At(at, layer); !ok {
				top = at
			}
		}
		return d.removesForSure(d.maker[layer], d.tree.Name(top))
	}
	return false
}

// isBroughtAgain reports whether a COPY behind the build stage brings a file once more, before a
// RUN can use it.
func (d *draft) isBroughtAgain(id model.RecordID) bool {
	r := &d.tree.Records[id]
	if d.isDirectory(id) || int(r.Layer) > d.lastLayer {
		return false
	}
	for layer := d.lastLayer + 1; layer < d.tree.Layers(); layer++ {
		if d.instructions[d.maker[layer]].role != brings {
			return false
		}
		if again, ok := d.tree.At(r.Node, layer); ok && int(d.tree.Records[again].Layer) == layer {
			return d.tree.Records[again].Kind == model.File
		}
	}
	return false
}

// removesForSure reports whether the RUN at an index removes something of a name with rm -f, and
// no command behind the boundary and before that names it.
func (d *draft) removesForSure(at int, name string) bool {
	removed := false
	for i := d.boundary + 1; i <= at; i++ {
		if d.instructions[i].run == nil {
			if strings.Contains(d.instructions[i].source, name) {
				return false
			}
			continue
		}
		for _, c := range d.instructions[i].run.Commands {
			if !strings.Contains(c.Source(), name) {
				continue
			}
			forced := slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
				return strings.HasPrefix(w.Text, "-") && strings.Contains(w.Text, "f")
			})
			if c.Name() != "rm" || !forced {
				return false
			}
			removed = true
		}
	}
	return removed
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
