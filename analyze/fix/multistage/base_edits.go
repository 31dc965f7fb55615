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

// doubtBase: what a RUN of the build stage changed of the base image's own files has to be in
// the new stage, too, also where the image does not show it.
func (d *draft) doubtBase() string {
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.run == nil {
			continue
		}
		for _, c := range in.run.Commands {
			if slices.Contains(switchers, c.Name()) && !d.leaves(i) {
				return fmt.Sprintf("line %d turns a service on or off (%s), which the new stage would not do", in.writtenAt(), c.Name())
			}
			if !slices.Contains(changers, c.Name()) || c.Name() == "sed" && !editsInPlace(c) {
				continue
			}
			for _, w := range c.Args() {
				if name := d.lost(c, w); name != "" {
					return fmt.Sprintf("line %d changes /%s of the base image (%s), which the new stage would not do", in.writtenAt(), name, c.Name())
				}
			}
		}
	}
	return ""
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
