package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// placeDirectories takes out of the runtime stage the RUNs that do nothing but make directories
// which a COPY makes just so. The COPYs move behind those of the others that would fail where a
// COPY has made the directory.
func (d *draft) placeDirectories() {
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.role != addsAccounts {
			continue
		}
		if d.isRootAt(i) && !slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool { return !d.isDoneByCopy(i, c) && !d.servesBuild(c) }) {
			d.parts[i] = ""
			continue
		}
		if i > d.insertAt && slices.ContainsFunc(in.run.Commands, d.mayClash) {
			d.insertAt = i
		}
	}
}

// mayClash reports whether a command makes a directory, without -p, that a COPY may have made.
func (d *draft) mayClash(c rewrite.Command) bool {
	if c.Name() != "mkdir" || slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
		return w.Text == "--parents" || strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") && strings.Contains(w.Text, "p")
	}) {
		return false
	}
	return slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
		return !strings.HasPrefix(w.Text, "-") && (!path.IsAbs(w.Text) || d.isMadeByCopy(w.Text))
	})
}

// isDoneByCopy reports whether a command of an instruction only makes directories that a COPY makes
// just so: COPY keeps modes within the directory that it copies.
func (d *draft) isDoneByCopy(at int, c rewrite.Command) bool {
	if c.Name() != "mkdir" {
		return false
	}
	mode, dirs := false, 0
	for i, w := range c.Args() {
		dir := w.Text
		if !path.IsAbs(dir) {
			dir = d.directoryAt(at, dir)
		}
		switch {
		case w.Text == "-m" || strings.HasPrefix(w.Text, "--mode"):
			mode = true
		case w.Text == "-p" || w.Text == "--parents" || i > 0 && c.Args()[i-1].Text == "-m":
		case dir == "" || !d.isMadeByCopy(dir) || mode && !d.isWithinCopy(dir):
			return false
		default:
			dirs++
		}
	}
	return dirs > 0
}

// directoryAt is the path of a directory of the image that an instruction names without the way to its
// working directory, as far as WORKDIR tells that; "" where there is none.
func (d *draft) directoryAt(at int, name string) string {
	if d.instructions[at].run == nil || slices.ContainsFunc(d.instructions[at].run.Commands, func(c rewrite.Command) bool { return c.Name() == "cd" || c.Name() == "pushd" }) {
		return ""
	}
	dir := path.Join(d.workDirAt(at), name)
	n, ok := d.tree.Lookup(strings.Trim(dir, "/"))
	if !ok {
		return ""
	}
	if id, ok := d.tree.At(n, d.lastLayer); !ok || !d.isDirectory(id) {
		return ""
	}
	return dir
}

// servesBuild reports whether a command only makes directories that the build filled with what
// is not copied, and that nothing names.
func (d *draft) servesBuild(c rewrite.Command) bool {
	return c.Name() == "mkdir" && !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
		if strings.HasPrefix(w.Text, "-") {
			return w.Text != "-p" && w.Text != "--parents"
		}
		name := strings.Trim(path.Clean(w.Text), "/")
		n, ok := d.tree.Lookup(name)
		if !ok || !path.IsAbs(w.Text) || d.isMadeByCopy(w.Text) || d.isReferenced(name) {
			return true
		}
		total := d.sumContent(n, name, make(map[model.NodeID]content))
		return total.junk == 0 || total.foreign > 0
	})
}

// isWithinCopy reports whether a directory lies in one that is copied whole.
func (d *draft) isWithinCopy(dir string) bool {
	name := strings.Trim(path.Clean(dir), "/")
	return slices.ContainsFunc(d.copied, func(source copySource) bool {
		return source.directory && source.path != name && isBelow(name, []string{source.path})
	})
}

// isMadeByCopy reports whether something is copied to or below a directory, or it lies in one
// that is copied whole.
func (d *draft) isMadeByCopy(dir string) bool {
	name := strings.Trim(path.Clean(dir), "/")
	return slices.ContainsFunc(d.copied, func(source copySource) bool {
		return isBelow(source.path, []string{name}) || source.directory && isBelow(name, []string{source.path})
	})
}

// isRootAt reports whether nothing says that an instruction runs as somebody but root.
func (d *draft) isRootAt(i int) bool {
	for _, in := range d.in.Instructions {
		if in.Inherited && strings.EqualFold(in.Keyword, "USER") && !isRoot((&instruction{text: in.Text}).user()) {
			return false
		}
	}
	return !slices.ContainsFunc(d.instructions[:i], func(in instruction) bool { return in.Keyword == "USER" && !isRoot(in.user()) })
}
