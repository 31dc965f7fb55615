package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// remade are directories that a build makes anew wherever it runs; the one on the
// developer's machine is of no use in an image.
var remade = []string{"node_modules", "bower_components", ".venv", "venv", "vendor", "target", "dist", "build", "__pycache__"}

// contextFolder is the directory of the build context that all of a finding's files
// come from, by the COPY or ADD that brings them: one of remade where it lies in
// one. False where nobody can tell.
func (b *Build) contextFolder(f *model.Finding, copied int) (folder string, ok bool) {
	in, ok := b.copyOf(copied)
	if !ok || !in.Known || len(in.Sources) != 1 || strings.ContainsAny(in.Sources[0], "*?[$:") || len(f.Paths) == 0 {
		return "", false
	}
	if _, has := in.Flag("--from"); has {
		return "", false
	}
	dest, ok := in.Target(b.workdir(copied))
	if !ok {
		return "", false
	}
	var common []string
	for i, name := range f.Paths {
		rest, inside := strings.CutPrefix("/"+name, strings.TrimSuffix(dest, "/")+"/")
		if !inside {
			return "", false
		}
		names := strings.Split(path.Dir(path.Join("/", in.Sources[0], rest))[1:], "/")
		if i == 0 {
			common = names
			continue
		}
		same := 0
		for same < min(len(common), len(names)) && common[same] == names[same] {
			same++
		}
		common = common[:same]
	}
	if at := slices.IndexFunc(common, func(name string) bool { return slices.Contains(remade, name) }); at >= 0 {
		common = common[:at+1]
	}
	folder = path.Join(common...)
	return folder, folder != ""
}

// makesModules reports whether a RUN installs node_modules.
func (b *Build) makesModules() bool {
	for i := range b.Instructions {
		commands, ok := b.commands(i)
		if ok && b.keyword(i) == "RUN" && slices.ContainsFunc(commands, func(c rewrite.Command) bool {
			if !slices.Contains([]string{"npm", "yarn", "pnpm", "bun"}, c.Name()) {
				return false
			}
			args := c.Args()
			return len(args) == 0 && c.Name() == "yarn" || len(args) > 0 && slices.Contains([]string{"install", "ci", "i", "add"}, args[0].Text)
		}) {
			return true
		}
	}
	return false
}
