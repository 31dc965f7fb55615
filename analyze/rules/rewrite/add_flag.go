package rewrite

import (
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// AddFlag inserts a flag into commands of a RUN. behind says for a command
// after which of its Words the flag goes, or -1 to leave it as it is. It
// reports false where no command takes the flag, for the JSON form, and where
// the edited RUN would run anything else than the same commands with the flag:
// commands inside a here-document or the text of sh -c are not reached.
func AddFlag(run, flag string, behind func(Command) int) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || r.Exec != nil || r.Heredoc {
		return "", false
	}
	word := Word{Text: flag, Literal: true}
	want := slices.Clone(r.Commands)
	for i, c := range want {
		if at := behind(c); at >= 0 {
			want[i].Words = slices.Insert(slices.Clone(c.Words), at+1, word)
		}
	}
	var ends []int // in the body
	syntax.Walk(r.file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		words := make([]Word, len(call.Args))
		for i, arg := range call.Args {
			words[i] = wordOf(arg)
		}
		stripped := stripPrefixes(words)
		if at := behind(Command{Words: stripped}); at >= 0 {
			ends = append(ends, int(call.Args[len(words)-len(stripped)+at].End().Offset()))
		}
		return true
	})
	if len(ends) == 0 {
		return "", false
	}
	slices.Sort(ends)
	edited := run
	for _, end := range slices.Backward(ends) {
		at := r.in.at[end-1] + 1
		edited = edited[:at] + " " + flag + edited[at:]
	}
	return edited, sameScript(edited, want)
}

// Mounted reports whether an absolute path touches one of the RUN's mounts: lies in
// it, or is a directory above it.
func (r *Run) Mounted(abs string) bool { return r.mounted(abs) }
