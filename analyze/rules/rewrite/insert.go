package rewrite

import (
	"slices"
	"strings"
)

// InsertBefore puts a command in front of the first one of a RUN that matches, in the
// author's layout: with && where that stands in an && list, with ; where set -e holds
// from the first command on. It reports false where the match stands anywhere but in
// the lists at the top of the script, or where a failure of the command would not
// end the RUN.
func InsertBefore(run, command string, match func(Command) bool) (string, bool) {
	added, err := parseShell(command)
	if err != nil || strings.Contains(command, "\n") || hasComments(added) {
		return "", false
	}
	r, err := ParseRun(run)
	if err != nil || !r.plain() || effectsOf(r.file).odd {
		return "", false
	}
	at := slices.IndexFunc(r.Commands, match)
	if at < 0 {
		return "", false
	}
	for i, s := range r.file.Stmts {
		list := elements(s)
		for k, el := range list {
			c, simple := el.call()
			if !simple || !match(c) {
				continue
			}
			separate := " && "
			switch {
			case s.Background || i > 0 && (k > 0 || !r.startsWithErrexit()):
				return "", false
			case i > 0 && len(list) == 1:
				separate = "; "
			case i > 0:
				return "", false
			case k == 0 && len(r.file.Stmts) > 1 && effectsOf(r.file).errexit:
				return "", false
			}
			if strings.Contains(run, "\n") || separate == " && " {
				separate = r.layout(separate)
			}
			from := r.in.at[el.from]
			edited := run[:from] + command + separate + run[from:]
			return edited, sameScript(edited, slices.Concat(r.Commands[:at], commandsOf(added), r.Commands[at:]))
		}
	}
	return "", false
}

// Prefix returns what stands in front of the program in a command of the script's own
// lists, such as sudo with its options; false where it is not the command's text that
// says so.
func (r *Run) Prefix(match func(Command) bool) (string, bool) {
	if r.file == nil || !r.plain() {
		return "", false
	}
	for _, s := range r.file.Stmts {
		for _, el := range elements(s) {
			c, simple := el.call()
			if !simple || !match(c) {
				continue
			}
			prefix, _, found := strings.Cut(r.in.slice(el.from, el.to), c.Words[0].Text)
			return prefix, found
		}
	}
	return "", false
}

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

// AddFlag inserts a flag into commands of a RUN, as [InsertWords] does, but into none of
// a here-document. behind returns the index of the word after which a command takes the
// flag, or -1 to leave that command as it is.
func AddFlag(run, flag string, behind func(Command) int) (string, bool) {
	if r, err := ParseRun(run); err != nil || r.Heredoc {
		return "", false
	}
	return InsertWords(run, func(c Command) []Insertion {
		if at := behind(c); at >= 0 {
			return []Insertion{{Behind: at, Words: []string{flag}}}
		}
		return nil
	})
}

// Mounted reports whether an absolute path touches one of the RUN's mounts: lies in
// it, or is a directory above it.
func (r *Run) Mounted(abs string) bool { return r.mounted(abs) }
