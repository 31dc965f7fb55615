package fix

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// cleansAlready reports whether an edit before has put a clean-up at the end of a RUN that does what
// a finding asks for, and returns what that removes, nil where it is no rm.
func (p *plan) cleansAlready(at int, f *model.Finding) (gone *rewrite.Removal, ok bool) {
	piece := p.at[at]
	if piece == nil || piece.edited == "" || f.FileCount > len(f.Paths) && p.report.Tree == nil {
		return nil, false
	}
	run, err := rewrite.ParseRun(piece.text)
	if err != nil {
		return nil, false
	}
	if extra := cleanupOf(f.Fix); len(extra) > 0 && len(extra) <= len(run.Commands) {
		last := run.Commands[len(run.Commands)-len(extra):]
		if slices.EqualFunc(last, extra, func(a, b rewrite.Command) bool { return a.Source() == b.Source() && !a.Conditional }) {
			return removalOf(extra), true
		}
	}
	var all rewrite.Removal
	for _, c := range slices.Backward(run.Commands) {
		gone, ok := c.Removal("/")
		if !ok || !gone.Whole || !gone.Recursive || c.Conditional {
			break
		}
		all.Targets = append(all.Targets, gone.Targets...)
	}
	if len(all.Targets) == 0 || slices.ContainsFunc(f.Paths, func(name string) bool { return !all.Covers("/" + name) }) {
		return nil, false
	}
	return &all, true
}

// cleanupOf returns the commands that a fix appends to a RUN.
func cleanupOf(fix *model.Fix) []rewrite.Command {
	if fix == nil || fix.Before == nil || fix.After == nil {
		return nil
	}
	before, ok := rewrite.Several(*fix.Before)
	after, too := rewrite.Several(*fix.After)
	if !ok || !too {
		return nil
	}
	return added(before, after)
}
