package rewrite

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// RemoveCommand takes the commands that match out of a RUN whose script is an
// && list. It returns "" where nothing is left of the RUN, and false where a
// match stands anywhere but in that list, writes somewhere, or computes what it
// works on, so that taking it out could change more than its own effect.
func RemoveCommand(run string, match func(Command) bool) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || !r.plain() || len(r.file.Stmts) != 1 || r.file.Stmts[0].Background {
		return "", false
	}
	want := slices.DeleteFunc(slices.Clone(r.Commands), match)
	return r.without(elements(r.file.Stmts[0]), match, want)
}

// RemoveStatement is RemoveCommand for a script of several statements, of which it takes
// out those that are such a command and nothing else. The last one stays, for its status
// is that of the RUN.
func RemoveStatement(run string, match func(Command) bool) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || !r.plain() || len(r.file.Stmts) < 2 || slices.ContainsFunc(r.file.Stmts, func(s *syntax.Stmt) bool { return s.Background }) {
		return "", false
	}
	var list []element
	for _, s := range r.file.Stmts {
		list = append(list, element{s, int(s.Pos().Offset()), stmtEnd(s)})
	}
	if c, ok := list[len(list)-1].command(); ok && match(c) {
		return "", false
	}
	return r.without(list, match, slices.DeleteFunc(slices.Clone(r.Commands), match))
}

// without writes a RUN without the parts of its script that are a command that matches.
// want are the commands that it has then.
func (r *Run) without(list []element, match func(Command) bool, want []Command) (string, bool) {
	kept := slices.DeleteFunc(slices.Clone(list), func(el element) bool {
		c, ok := el.command()
		return ok && match(c)
	})
	if len(kept) == len(list) || len(list)-len(kept) != len(r.Commands)-len(want) {
		return "", false
	}
	if len(kept) == 0 {
		return "", true
	}
	var b strings.Builder
	b.WriteString(r.in.head())
	previous := -1
	for i, el := range list {
		if !slices.Contains(kept, el) {
			continue
		}
		if previous >= 0 {
			// The gap after what was taken out belongs to it; the one before
			// has the layout that the list goes on with.
			b.WriteString(r.in.between(list[previous].to, list[previous+1].from))
		}
		b.WriteString(r.in.slice(el.from, el.to))
		previous = i
	}
	edited := b.String()
	return edited, sameScript(edited, want)
}

// command reads an element that is one simple command without side effects of
// its own words.
func (el element) command() (Command, bool) {
	if call, ok := el.stmt.Cmd.(*syntax.CallExpr); ok && len(call.Assigns) > 0 {
		return Command{}, false
	}
	return el.call()
}

// call is command, but variables may be set for it, as in DEBIAN_FRONTEND=noninteractive apt-get.
func (el element) call() (Command, bool) {
	call, ok := el.stmt.Cmd.(*syntax.CallExpr)
	if !ok || el.stmt.Negated || len(el.stmt.Redirs) > 0 || len(call.Args) == 0 {
		return Command{}, false
	}
	commands := commandsOf(&syntax.File{Stmts: []*syntax.Stmt{el.stmt}})
	if len(commands) != 1 {
		return Command{}, false
	}
	return commands[0], true
}

func equalCommands(a, b []Command) bool {
	return slices.EqualFunc(a, b, func(a, b Command) bool { return a.Source() == b.Source() && a.Conditional == b.Conditional })
}

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
