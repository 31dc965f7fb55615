package advice

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// command returns the shell command that takes a finding's files away at the end of an
// instruction; false where it cannot be written.
func (c *Cleanup) command(f *model.Finding, b *rules.Build, made, last int) (string, bool) {
	if c.Exact {
		return exactly(f, b, made)
	}
	targets := b.Targets(&c.Rule, f.Paths)
	if f.HiddenBy == nil {
		targets = slices.DeleteFunc(slices.Clone(targets), func(target string) bool {
			_, filled := c.filledBefore(b, made, []string{"/" + target})
			return len(filled) > 0
		})
	}
	command, ok := RemoveAll(c.whole(b, targets, last), c.KeepDir)
	if !ok || len(c.Cleaners) == 0 {
		return command, ok
	}
	calls, _ := b.Parsed().Commands(made)
	for _, call := range calls {
		if slices.Contains(c.Cleaners, call.Name()) {
			return call.Name() + " " + c.Clean + " && " + command, true
		}
	}
	return command, true
}

// whole puts the directories that rm may take as a whole in the place of parts of them.
func (c *Cleanup) whole(b *rules.Build, targets []string, last int) []string {
	if b.Tree == nil || len(c.Whole) == 0 {
		return targets
	}
	out := slices.Clone(targets)
	for i, target := range targets {
		for dir := path.Dir(target); dir != "."; dir = path.Dir(dir) {
			if c.isWhole(b, dir) && b.Needs().Below("/"+dir, last+1, func(r *model.Record) bool { return b.Matches(c.Paths, b.Tree.Path(r.Node)) }) == "" {
				out[i] = dir
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isWhole reports whether a path without leading slash is such a directory.
func (c *Cleanup) isWhole(b *rules.Build, dir string) bool {
	return slices.ContainsFunc(c.Whole, func(pattern string) bool {
		return slices.ContainsFunc(b.Expand(pattern), func(expanded string) bool {
			ok, err := path.Match(strings.TrimSuffix(expanded, "/"), dir)
			return ok && err == nil
		})
	})
}
