package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// remains describes a rule of files that some step left behind: nobody's cache,
// and of no use to a container. The rules are in the files leftovers_*.go.
type remains struct {
	Rule
	what string // the files in the middle of a sentence: "log files"
	// exact: rm takes the files by name, and leaves their directories, which programs
	// may expect.
	exact bool
}

func (l remains) rule() Rule {
	r := l.Rule
	r.Group = Leftovers
	r.Fix = func(f *model.Finding, b *Build) *model.Fix { return l.fix(f, b) }
	return r
}

func (l *remains) fix(f *model.Finding, b *Build) *model.Fix {
	if f.Inherited {
		return inherited(l.what)
	}
	if b.ofBase(f) {
		return hint(model.ChangeBase, "The base image brings "+l.what+", and what a later instruction removes or writes again stays in it; start from a base image without.")
	}
	made, ok := b.maker(f)
	if !ok || len(f.Paths) == 0 {
		return hint(model.Manual, "Remove "+l.what+" in the instruction that leaves them.")
	}
	if from, ok := b.broughtBy(f, made); ok && f.HiddenBy == nil {
		made = from
	}
	if b.keyword(made) == "COPY" || b.keyword(made) == "ADD" {
		return b.leaveOut(f, made, &l.Rule, l.what)
	}
	if b.keyword(made) != "RUN" {
		return hint(model.Manual, "Remove "+l.what+" in the instruction that leaves them.")
	}
	hid, hidden := b.hider(f)
	if hidden && b.keyword(hid) == "RUN" {
		if e, ok := b.join(made, hid, ""); ok {
			return e.fix(model.SameRunCleanup, fmt.Sprintf("Join the %d RUNs into one, so that %s reach one layer only.", b.runs(made, hid), l.what))
		}
		if !toleratesAbsence(b, hid, f) {
			return hint(model.Manual, "Remove "+l.what+" in the RUN that leaves them, not in a later one.")
		}
	}
	if command, ok := l.cleanup(f, b); ok {
		if e, ok := b.join(made, made, command); ok {
			return e.fix(model.SameRunCleanup, "Remove "+l.what+" at the end of the RUN that leaves them.")
		}
	}
	return hint(model.Manual, "Remove "+l.what+" at the end of the RUN that leaves them.")
}

func (l *remains) cleanup(f *model.Finding, b *Build) (string, bool) {
	if !l.exact {
		return removeAll(b.roots(&l.Rule, f.Paths), false)
	}
	if f.FileCount != len(f.Paths) {
		return "", false
	}
	targets := f.Paths
	if len(targets) > maxRoots { // whole directories of a package, whose directory stays
		targets = nil
		for _, p := range f.Paths {
			if strings.Count(p, "/") > 2 {
				p = path.Dir(p) + "/*"
			}
			targets = append(targets, p)
		}
		slices.Sort(targets)
		targets = slices.Compact(targets)
	}
	return removeAll(targets, false)
}
