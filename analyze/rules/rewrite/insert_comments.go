package rewrite

import (
	"slices"
	"strings"
)

// InsertComments puts comment lines into a RUN in front of the line on which a step begins, so
// that they stand above what they describe; builders drop comment lines between continued
// ones. The step is the one with the command of a source, which is the n-th of the RUN or a
// later one. It reports false where there is no such step, or where it begins in the RUN's
// first line or behind another step in the same line.
func InsertComments(run string, n int, source string, comments []string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || !r.plain() {
		return "", false
	}
	for n < len(r.Commands) && r.Commands[n].Source() != source {
		n++
	}
	at, ok := r.stepStart(n)
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
