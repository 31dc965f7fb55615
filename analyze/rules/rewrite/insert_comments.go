package rewrite

import (
	"slices"
	"strings"
)

// InsertComments puts comment lines into a RUN in front of the line on which a step begins, so
// that they stand above what they describe; builders drop comment lines between continued
// ones. The step is that of the first of some commands: it is the n-th of the RUN, or one near
// it where the RUN has lost or won commands. It reports false where there is no such step, or
// where it begins in the RUN's first line or behind another step in the same line.
func InsertComments(run string, n int, step []Command, comments []string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || !r.plain() {
		return "", false
	}
	at, ok := 0, false
	for i := 0; i < len(step) && !ok; i++ {
		if k := r.nearest(n+i, step[i].Source()); k >= 0 {
			at, ok = r.stepStart(k)
		}
	}
	if !ok {
		return "", false
	}
	start := strings.LastIndexByte(r.in.src[:at], '\n') + 1
	if start == 0 || strings.Trim(r.in.src[start:at], " \t&;({") != "" {
		return "", false
	}
	edited := r.in.src[:start] + strings.Join(comments, "\n") + "\n" + r.in.src[start:]
	after, err := ParseRun(edited)
	if err != nil || !equalCommands(after.Commands, r.Commands) || after.script != r.script {
		return "", false
	}
	return edited, !slices.ContainsFunc(comments, func(line string) bool { return !strings.HasPrefix(strings.TrimSpace(line), "#") })
}

// nearest returns which command has a source, the nearest to the n-th if there are several; -1
// for none.
func (r *Run) nearest(n int, source string) int {
	found := -1
	for i, c := range r.Commands {
		if c.Source() == source && (found < 0 || max(i-n, n-i) < max(found-n, n-found)) {
			found = i
		}
	}
	return found
}

// stepStart returns where in the source the step begins that has the n-th command: an element
// of an && list, or a statement, at the top of the script.
func (r *Run) stepStart(n int) (at int, ok bool) {
	before := 0
	for _, s := range r.file.Stmts {
		for _, el := range elements(s) {
			w := &walker{}
			w.stmt(el.stmt, &place{dirKnown: true})
			if before += len(w.commands); before > n {
				return r.in.at[el.from], true
			}
		}
	}
	return 0, false
}
