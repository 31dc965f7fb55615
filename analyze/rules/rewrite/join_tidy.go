package rewrite

import (
	"slices"
	"strings"
)

// withoutLeftovers returns RUNs that are about to be joined without what makes sense only
// where each has a shell of its own: a cd to where the one before has gone already, a set -ex
// in the middle, which goes to the front, and an echo at the end that says nothing but that.
func withoutLeftovers(runs []*Run) []*Run {
	runs = mergeSameDir(hoistSet(runs))
	for i, r := range runs {
		if i < len(runs)-1 {
			runs[i] = r.withoutEcho()
		}
	}
	return runs
}

// andList returns the elements of a script that is one && list, nil for any other.
func (r *Run) andList() []element {
	if len(r.file.Stmts) != 1 || r.file.Stmts[0].Background {
		return nil
	}
	return elements(r.file.Stmts[0])
}

// mergeSameDir joins RUNs that begin with the same cd, and of which the first stays there: one
// cd is enough for both.
func mergeSameDir(runs []*Run) []*Run {
	between := joinLayout(runs, " && ")
	out := slices.Clone(runs[:1])
	for _, r := range runs[1:] {
		if last := out[len(out)-1]; sameDir(last, r) {
			text := last.in.head() + last.list(last.andList(), between, true) + between + r.list(r.andList()[1:], between, false)
			merged, err := ParseRun(text)
			if err == nil && equalCommands(merged.Commands, slices.Concat(last.Commands, r.Commands[1:])) {
				out[len(out)-1] = merged
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

// sameDir reports whether a script begins with the cd that another begins with, which then
// stays in that directory.
func sameDir(first, next *Run) bool {
	a, b := first.andList(), next.andList()
	if len(a) < 2 || len(b) < 2 {
		return false
	}
	from, ok := a[0].command()
	to, also := b[0].command()
	if !ok || !also || from.Name() != "cd" || len(from.Words) != 2 || from.Source() != to.Source() || strings.ContainsAny(from.Source(), "`(") {
		return false
	}
	left, own := effectsOf(first.file), effectsOf(next.file)
	if left.odd || left.outlives || left.exits || left.errexit || own.odd || left.leak.more {
		return false
	}
	moves := 0
	for _, c := range first.Commands {
		if slices.Contains([]string{"cd", "pushd", "popd"}, c.Name()) {
			moves++
		}
	}
	return moves == 1 && (&leak{names: left.leak.names, options: left.leak.options, pipefail: left.leak.pipefail, nounset: left.leak.nounset}).harmless([]*Run{next})
}

// hoistSet moves a set -e, -x or -ex that a later RUN begins with to the front of the first:
// where all scripts are && lists of simple commands it changes nothing there but what the
// build prints.
func hoistSet(runs []*Run) []*Run {
	if !allStraight(runs) {
		return runs
	}
	out := slices.Clone(runs)
	options := ""
	for i, r := range runs[1:] {
		set := tracing(r)
		if set == "" || len(r.andList()) < 2 {
			continue
		}
		rest, err := ParseRun(r.in.head() + r.list(r.andList()[1:], " && ", true))
		if err != nil || !equalCommands(rest.Commands, r.Commands[1:]) || len(Comments(rest.in.src)) != len(Comments(r.in.src)) {
			return runs
		}
		out[i+1], options = rest, set
	}
	if options == "" || tracing(runs[0]) != "" {
		return out
	}
	if c := runs[0].Commands; len(c) > 0 && c[0].Name() == "set" {
		return runs
	}
	first, err := ParseRun(runs[0].in.head() + options + joinLayout(runs, " && ") + runs[0].list(runs[0].andList(), joinLayout(runs, " && "), true))
	if err != nil || len(first.Commands) != len(runs[0].Commands)+1 || len(Comments(first.in.src)) != len(Comments(runs[0].in.src)) {
		return runs
	}
	out[0] = first
	return out
}

// tracing returns the set -e, -x or -ex that a script begins with, "" where it begins with
// anything else.
func tracing(r *Run) string {
	steps := r.andList()
	if len(steps) == 0 {
		return ""
	}
	c, ok := steps[0].command()
	if !ok || c.Redirected || !slices.Contains([]string{"set -e", "set -x", "set -ex", "set -xe"}, c.Source()) {
		return ""
	}
	return c.Source()
}

// withoutEcho returns a RUN without an echo at its end that only tells that it has come so far.
func (r *Run) withoutEcho() *Run {
	steps := r.andList()
	if len(steps) < 2 {
		return r
	}
	c, ok := steps[len(steps)-1].command()
	if !ok || c.Redirected || c.Name() != "echo" || slices.ContainsFunc(c.Words, func(w Word) bool { return !w.Literal }) {
		return r
	}
	rest, err := ParseRun(r.in.head() + r.list(steps[:len(steps)-1], " && ", true))
	if err != nil || !equalCommands(rest.Commands, r.Commands[:len(r.Commands)-1]) || len(Comments(rest.in.src)) != len(Comments(r.in.src)) {
		return r
	}
	return rest
}
