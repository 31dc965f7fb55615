package advice

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// namesAny reports whether a command of a RUN, other than one that removes them, names
// one of some directories: it would miss what a flag keeps from being written there.
func namesAny(run *rewrite.Run, dirs []string) bool {
	return slices.ContainsFunc(run.Commands, func(c rewrite.Command) bool {
		if _, removes := c.Removal(""); removes {
			return false
		}
		return slices.ContainsFunc(dirs, func(dir string) bool {
			tail := path.Join("/", path.Base(path.Dir(dir)), path.Base(dir)) // whatever the home is called
			if strings.Contains(c.Source(), tail) {
				return true
			}
			// A directory that is there for its caches, such as .cache, may be there for this one.
			above := path.Base(path.Dir(dir))
			return strings.HasPrefix(above, ".") && slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
				return path.Base(strings.Trim(w.Text, `"'*/`)) == above || strings.Contains(w.Text, "/"+above+"/")
			})
		})
	})
}

// partsOf are the ends of some paths, by which they are known whatever the home is called, and the hidden
// directories that are there for them.
func partsOf(targets []string) (parts []string) {
	for _, target := range targets {
		above := path.Base(path.Dir(target))
		parts = append(parts, path.Join("/", above, path.Base(target)))
		if strings.HasPrefix(above, ".") && len(above) > 1 {
			parts = append(parts, "/"+above)
		}
	}
	return parts
}
