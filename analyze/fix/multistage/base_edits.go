package multistage

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

var (
	pythonDir = lazyregexp.New(`^usr/local/lib/python(\d+\.\d+)(?:/|$)`)
	pythonTag = lazyregexp.New(`^\d+\.\d+`)
)

// noPython are base images of which no tag brings a Python below /usr/local/lib.
var noPython = []string{"debian", "ubuntu", "centos", "fedora", "alpine", "buildpack-deps", "miniconda", "miniconda3", "anaconda3", "jenkins", "node", "ruby", "php"}

// checkPython reports an error where the FROM names another Python than the one whose
// directory is copied: then the image was not built from this base, and nothing would find
// the modules there.
func (d *draft) checkPython() error {
	fields := strings.Fields(d.base)
	if len(fields) < 2 || strings.Contains(d.base, "$") {
		return nil
	}
	image := fields[len(fields)-1]
	name, _, _ := strings.Cut(image, "@")
	name, tag, _ := strings.Cut(path.Base(name), ":")
	for _, source := range d.copied {
		m := pythonDir.FindStringSubmatch(source.path)
		if m == nil {
			continue
		}
		n, ok := d.tree.Lookup("usr/local/lib/python" + m[1])
		own := name == "python" && pythonTag.FindString(tag) != "" && pythonTag.FindString(tag) != m[1]
		if own || slices.Contains(noPython, name) && ok && d.isInBase(n) && strings.Contains(source.path+"/", "/site-packages/") {
			return fmt.Errorf("the image has Python %s in /usr/local/lib, and %s does not bring that one", m[1], image)
		}
	}
	return nil
}

// changers are commands that change files which they are given.
var changers = []string{"chown", "chgrp", "chmod", "rm", "sed", "ln", "mv", "setfacl", "truncate"}

// switchers turn services on and off.
var switchers = []string{"update-rc.d", "systemctl", "rc-update", "insserv", "chkconfig"}

// unimportant are directories in which no change of the base image matters for a container.
var unimportant = []string{"tmp", "var/tmp", "var/cache", "var/lib/apt", "var/log", "root", "usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/src", "dev", "proc", "sys", "run"}

// repeatsBaseEdit reports whether a RUN of the build stage does nothing but change files of the
// base image that the new stage does not copy, in the same way wherever it runs: the new stage
// repeats it as it is written.
func (d *draft) repeatsBaseEdit(i int) bool {
	in := &d.instructions[i]
	if in.role != runs || in.run == nil || in.run.Heredoc || in.run.Exec != nil || len(in.run.Flags) > 0 || !d.isRootAt(i) {
		return false
	}
	changes := false
	for _, c := range in.run.Commands {
		if !changesFiles(c) || c.Conditional || c.Subshell || c.Redirected || c.Dir != "" || !c.DirKnown {
			return false
		}
		operands := 0
		for _, w := range c.Args() {
			switch {
			case !w.Literal || w.Glob:
				return false
			case strings.HasPrefix(w.Text, "-"):
			case path.IsAbs(w.Text):
				if d.lost(c, w) == "" {
					return false
				}
				changes = true
			default:
				operands++ // an owner, a mode or what sed does
			}
		}
		if operands > 1 || operands == 1 && slices.Contains([]string{"rm", "ln", "mv", "truncate"}, c.Name()) {
			return false
		}
	}
	return changes
}

// checkBase reports an error for what a RUN of the build stage changes of the base image's own
// files, also where the image does not show it, and the new stage neither copies nor repeats.
func (d *draft) checkBase() error {
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.run == nil {
			continue
		}
		for _, c := range in.run.Commands {
			if slices.Contains(switchers, c.Name()) && !d.leaves(i) {
				return lineError(in, "turns a service on or off (%s), which the new stage would not do", c.Name())
			}
			if !changesFiles(c) {
				continue
			}
			for _, w := range c.Args() {
				if name := d.lost(c, w); name != "" {
					return lineError(in, "changes /%s of the base image (%s), which the new stage would not do", name, c.Name())
				}
			}
		}
	}
	return nil
}

// changesFiles reports whether a command changes files which it is given.
func changesFiles(c rewrite.Command) bool {
	return slices.Contains(changers, c.Name()) && (c.Name() != "sed" || editsInPlace(c))
}

func editsInPlace(c rewrite.Command) bool {
	return slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
		return strings.HasPrefix(w.Text, "-i") || w.Text == "-ri" || w.Text == "--in-place"
	})
}

// lost returns the path that a word of a command names, where it is of the base image or of
// nobody, and the new stage neither copies it nor repeats the change; "" for other words.
func (d *draft) lost(c rewrite.Command, w rewrite.Word) string {
	if !w.Literal || w.Glob || !path.IsAbs(w.Text) {
		return ""
	}
	name := strings.TrimPrefix(path.Clean(w.Text), "/")
	if name == "" || isBelow(name, unimportant) || isBelow(name, neverCopied) {
		return ""
	}
	if n, ok := d.tree.Lookup(name); ok && !d.isInBase(n) {
		return "" // the build made it, and it was chosen whether to copy it
	} else if !ok && (c.Name() != "rm" && c.Name() != "chown" && c.Name() != "chgrp" || !isBelow(name, []string{"etc", "srv"})) {
		return ""
	}
	touches := func(source copySource) bool {
		return source.path == name || isBelow(source.path, []string{name}) || source.directory && isBelow(name, []string{source.path})
	}
	lists := [][]copySource{d.copied, d.links, d.removed}
	for _, sources := range d.early {
		lists = append(lists, sources)
	}
	if slices.ContainsFunc(lists, func(sources []copySource) bool { return slices.ContainsFunc(sources, touches) }) {
		return ""
	}
	if slices.ContainsFunc(slices.Concat(d.before, d.after, d.parts), func(text string) bool { return slices.Contains(strings.Fields(text), "/"+name) }) {
		return ""
	}
	return name
}

// leaves reports whether an instruction left a file in a layer.
func (d *draft) leaves(at int) bool {
	for layer := d.ownLayer; layer < len(d.maker); layer++ {
		if d.maker[layer] != at {
			continue
		}
		for _, r := range d.tree.Layer(layer) {
			if r.Kind == model.File || r.Kind == model.Symlink || r.Kind == model.Whiteout {
				return true
			}
		}
	}
	return false
}
