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
