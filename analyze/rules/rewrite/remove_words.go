package rewrite

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// RemoveWords takes words out of commands of a RUN, with the line that a word has for
// itself. drop says of a command's word, the number of which counts from the program at 0,
// whether it goes; the program stays. It reports false where no word goes, for the JSON
// form and here-documents, and where the edited RUN would run anything else.
func RemoveWords(run string, drop func(c Command, word int) bool) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || r.Exec != nil || r.Heredoc {
		return "", false
	}
	want := slices.Clone(r.Commands)
	for i, c := range want {
		want[i].Words = slices.Clone(c.Words[:1])
		for j := 1; j < len(c.Words); j++ {
			if !drop(c, j) {
				want[i].Words = append(want[i].Words, c.Words[j])
			}
		}
	}
	type cut struct{ from, to int } // in the body
	var cuts []cut
	r.eachCall(func(c Command, words []*syntax.Word, first int) {
		for j := 1; j < len(c.Words); j++ {
			if drop(c, j) {
				cuts = append(cuts, cut{int(words[first+j-1].End().Offset()), int(words[first+j].End().Offset())})
			}
		}
	})
	if len(cuts) == 0 {
		return "", false
	}
	slices.SortFunc(cuts, func(a, b cut) int { return a.from - b.from })
	edited := run
	for _, c := range slices.Backward(cuts) {
		edited = edited[:r.in.at[c.from-1]+1] + edited[r.in.at[c.to-1]+1:]
	}
	return edited, sameScript(edited, want)
}

// KeepCommands leaves of a RUN whose script is an && list the parts that are one simple
// command for which keep returns true, and drops all others, whatever they do. It returns
// "" where nothing is left, and false where the script is no such list.
func KeepCommands(run string, keep func(Command) bool) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || !r.plain() || len(r.file.Stmts) != 1 || r.file.Stmts[0].Background {
		return "", false
	}
	var b strings.Builder
	b.WriteString(r.in.head())
	list := elements(r.file.Stmts[0])
	previous := -1
	for i, el := range list {
		if !el.isKept(keep) {
			continue
		}
		if previous >= 0 {
			b.WriteString(r.in.slice(list[previous].to, list[previous+1].from))
		}
		b.WriteString(r.in.slice(el.from, el.to))
		previous = i
	}
	if previous < 0 {
		return "", true
	}
	edited := b.String()
	_, err = ParseRun(edited)
	return edited, err == nil
}

// isKept reports whether an element is one command that keep asks for. Variables that are
// set for that command alone stay with it.
func (el element) isKept(keep func(Command) bool) bool {
	commands := commandsOf(&syntax.File{Stmts: []*syntax.Stmt{el.stmt}})
	switch c := el.stmt.Cmd.(type) {
	case *syntax.CallExpr:
		if len(c.Args) == 0 { // an assignment
			return len(el.stmt.Redirs) == 0
		}
	case *syntax.DeclClause: // export
		return len(el.stmt.Redirs) == 0 && len(commands) == 0
	default:
		return false
	}
	return !el.stmt.Negated && len(commands) == 1 && keep(commands[0])
}
