package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// checkRestUses reports an error for a RUN behind the boundary that runs or names what only the
// build stage has.
func (d *draft) checkRestUses() error {
	for i := d.boundary + 1; i < len(d.instructions); i++ {
		in := &d.instructions[i]
		if in.run == nil || d.removesNothing(i) {
			continue
		}
		for _, c := range in.run.Commands {
			dir := path.Join(d.workDirAt(i), c.Dir)
			if path.IsAbs(c.Dir) {
				dir = c.Dir
			}
			if id, name, ok := d.find(c.Words[0].Text); ok && !d.stays(id, name) {
				return lineError(in, "runs /%s, which only the build stage has", name)
			}
			for _, w := range c.Args() {
				switch name := d.missing(w, dir); {
				case removes(c) && (c.Conditional || c.IsForced() || strings.HasPrefix(w.Text, "-")):
				case removes(c) && name == "" && (w.Glob || !w.Literal):
					if name = d.missing(rewrite.Word{Text: beforeGlob(w.Text), Literal: true}, dir); name != "" || !w.Literal {
						return lineError(in, "removes %s without -f, which the last stage may not have", w.Text)
					}
				case name != "":
					return lineError(in, "uses /%s, which only the build stage has", name)
				}
			}
		}
	}
	return nil
}

func removes(c rewrite.Command) bool { return c.Name() == "rm" || c.Name() == "rmdir" }

// beforeGlob is the directory in front of a pattern of names.
func beforeGlob(text string) string {
	if at := strings.IndexAny(text, "*?["); at >= 0 {
		text = text[:at]
	}
	return path.Dir(text + "x")
}

// missing returns the path of a file or a directory with files that a word names and that only
// the build stage has, "" for other words.
func (d *draft) missing(w rewrite.Word, dir string) string {
	if !w.Literal || w.Glob || !strings.Contains(w.Text, "/") {
		return ""
	}
	name := w.Text
	if !path.IsAbs(name) {
		name = path.Join(dir, name)
	}
	name = strings.TrimPrefix(path.Clean(name), "/")
	id, real, ok := d.view.Resolve(name)
	if !ok || name == "" || d.stays(id, real) {
		return ""
	}
	if !d.isDirectory(id) {
		return name
	}
	n, _ := d.tree.Lookup(real)
	if d.isWorkDir(real) {
		return "" // the runtime stage makes it
	}
	any := false
	d.eachFile(n, real, func(id model.RecordID, name string) { any = any || d.stays(id, name) })
	if any || len(slices.Collect(d.tree.Children(n))) == 0 {
		return ""
	}
	return name
}

// isWorkDir reports whether an instruction of the stage makes a directory its working directory.
func (d *draft) isWorkDir(name string) bool {
	for i := range d.instructions {
		if d.instructions[i].Keyword == "WORKDIR" && strings.TrimPrefix(d.workDirAt(i+1), "/") == name {
			return true
		}
	}
	return false
}

// stays reports whether the new image has what the build stage has at a path.
func (d *draft) stays(id model.RecordID, name string) bool {
	if int(d.tree.Records[id].Layer) < d.ownLayer {
		return true
	}
	if at := d.ownerOf(id); at >= 0 {
		return d.retained[at]
	}
	in := &d.instructions[d.maker[d.tree.Records[id].Layer]]
	if in.role == addsAccounts || d.isOfAccounts(id) {
		return true
	}
	if slices.ContainsFunc(d.removed, func(s copySource) bool { return isBelow(name, []string{s.path}) }) {
		return false
	}
	within := func(source copySource) bool {
		return source.path == name || source.directory && isBelow(name, []string{source.path})
	}
	if slices.ContainsFunc(d.copied, within) || slices.ContainsFunc(d.links, within) {
		return true
	}
	for _, sources := range d.early {
		if slices.ContainsFunc(sources, within) {
			return true
		}
	}
	// What no package owns may be of a script of one that is installed again.
	return in.isInstall() && d.installsPackages() && !d.isTool(id)
}
