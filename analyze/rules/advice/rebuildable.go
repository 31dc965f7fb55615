package advice

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// rebuildable are directories that a build makes anew wherever it runs; the one on the
// developer's machine is of no use in an image.
var rebuildable = []string{"node_modules", "bower_components", ".venv", "venv", "vendor", "target", "dist", "build", "__pycache__"}

// ContextDir returns the directory of the build context that all of a finding's files
// come from, by the COPY or ADD that brings them; of a directory inside a rebuildable
// one, the rebuildable one. It reports false where this cannot be told.
func ContextDir(f *model.Finding, b *rules.Build, copied int) (dir string, ok bool) {
	in, ok := b.Parsed().Copy(copied)
	if !ok || !in.Known || len(in.Sources) != 1 || strings.ContainsAny(in.Sources[0], "*?[$:") || len(f.Paths) == 0 {
		return "", false
	}
	if _, has := in.Flag("--from"); has {
		return "", false
	}
	dest, ok := in.Target(b.Parsed().WorkDir(copied))
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
	if at := slices.IndexFunc(common, func(name string) bool { return slices.Contains(rebuildable, name) }); at >= 0 {
		common = common[:at+1]
	}
	dir = path.Join(common...)
	return dir, dir != ""
}
