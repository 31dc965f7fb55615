package advice

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// LeavesNoDirectory reports whether a RUN removes or moves away the directory that it starts
// in, or one above: the builder makes that anew for the next RUN, but not in the middle of one.
func LeavesNoDirectory(in *instructions.List, at int) bool {
	dir := in.Dir(at)
	commands, ok := in.Commands(at)
	if dir == "" || dir == "/" || !ok {
		return false
	}
	return slices.ContainsFunc(commands, func(c rewrite.Command) bool {
		if name := c.Name(); name != "rm" && name != "rmdir" && name != "mv" {
			return false
		}
		return slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
			text := strings.Trim(w.Text, `"`)
			if !w.Literal {
				var known bool
				if text, known = in.Expand(text, at); !known {
					return false
				}
			}
			if strings.HasPrefix(text, "-") || text == "" {
				return false
			}
			from := path.Join(dir, c.Dir)
			if path.IsAbs(c.Dir) {
				from = c.Dir
			}
			if !path.IsAbs(text) {
				if !c.DirKnown {
					return false
				}
				text = path.Join(from, text)
			}
			gone := rewrite.Removal{Targets: []string{path.Clean(text)}}
			return gone.Covers(dir)
		})
	})
}
