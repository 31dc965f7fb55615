package multistage

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// checkKnown reports an error where it is not known what a container runs: nothing tells then
// which files and packages of the build it needs.
func (d *draft) checkKnown() error {
	if why := d.in.Build.Unread(); why != "" {
		return errors.New(why)
	}
	return nil
}

// checkResults reports an error for a RUN of the build stage that the image does not show the
// result of: it installs what a file lists, and the image never had that file. What such a RUN
// makes in a build that succeeds cannot be copied, since nobody knows where it is.
func (d *draft) checkResults() error {
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.Keyword != "RUN" || in.run == nil || len(in.run.Flags) > 0 || slices.ContainsFunc(in.run.Commands, takesAway) {
			continue
		}
		for _, c := range in.run.Commands {
			if !c.DirKnown || c.Conditional {
				continue
			}
			for _, list := range lists(c) {
				if name := d.pathIn(i, c, list); !d.everHeld(name) {
					return lineError(in, "reads /%s, which the image does not have, so tare cannot tell what it makes", name)
				}
			}
		}
	}
	return nil
}

// takesAway reports whether a command may remove or move what another one of its RUN reads.
func takesAway(c rewrite.Command) bool {
	return slices.Contains([]string{"rm", "mv", "find", "shred", "unlink"}, c.Name()) || slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == "rm" })
}

// pathIn is the path of a word of a command, without leading slash.
func (d *draft) pathIn(i int, c rewrite.Command, word string) string {
	if !path.IsAbs(word) {
		dir := c.Dir
		if !path.IsAbs(dir) {
			dir = path.Join(d.workDirAt(i), dir)
		}
		word = path.Join(dir, word)
	}
	return strings.TrimPrefix(path.Clean(word), "/")
}

// everHeld reports whether a layer of the image had a file, or may have had it: a variable in
// a path may stand for anything.
func (d *draft) everHeld(name string) bool {
	if strings.ContainsAny(name, "$`*?[") {
		return true
	}
	if _, ok := d.tree.Lookup(name); ok {
		return true
	}
	_, _, ok := d.final.Resolve("/" + name)
	if !ok {
		_, _, ok = d.view.Resolve("/" + name)
	}
	return ok
}

// lists are the files that a command reads to know what to install, as written; none where it
// is told by its words.
func lists(c rewrite.Command) (files []string) {
	name, args := toolVersion.ReplaceAllString(c.Name(), ""), c.Args()
	if strings.HasPrefix(name, "python") && len(args) > 1 && args[0].Text == "-m" {
		name, args = args[1].Text, args[2:]
	}
	if len(args) == 0 {
		return nil
	}
	if name != "pip" || args[0].Text != "install" {
		return nil
	}
	return requirementLists(args[1:])
}

// requirementLists are the files that pip install is given with -r.
func requirementLists(args []rewrite.Word) (files []string) {
	for i, w := range args {
		list := ""
		switch {
		case (w.Text == "-r" || w.Text == "--requirement") && i+1 < len(args) && args[i+1].Literal:
			list = args[i+1].Text
		case strings.HasPrefix(w.Text, "--requirement="):
			_, list, _ = strings.Cut(w.Text, "=")
		case strings.HasPrefix(w.Text, "-r") && len(w.Text) > 2:
			list = w.Text[2:]
		}
		if w.Literal && list != "" && !strings.Contains(list, "://") && list != "-" && !strings.HasPrefix(list, "/dev/") {
			files = append(files, list)
		}
	}
	return files
}
