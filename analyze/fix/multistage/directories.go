package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// placeDirectories sees to the RUNs with a mkdir that stand behind the COPYs: those fail where
// a COPY has made the directory. The COPYs move behind the last one that has to stay, and the
// ones that are left behind them do nothing that a COPY does not do, so that they go.
func (d *draft) placeDirectories() {
	var spare []int
	for i := d.insertAt + 1; i <= d.boundary; i++ {
		in := &d.instructions[i]
		if in.role != addsAccounts || !slices.ContainsFunc(in.run.Commands, d.mayClash) {
			continue
		}
		if d.isRootAt(i) && !slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool { return !d.isDoneByCopy(c) }) {
			spare = append(spare, i)
			continue
		}
		d.insertAt, spare = i, nil
	}
	for _, i := range spare {
		d.parts[i] = ""
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

// isDoneByCopy reports whether a command only makes directories that a COPY makes just so.
func (d *draft) isDoneByCopy(c rewrite.Command) bool {
	return c.Name() == "mkdir" && !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
		return !path.IsAbs(w.Text) || !d.isMadeByCopy(w.Text)
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
