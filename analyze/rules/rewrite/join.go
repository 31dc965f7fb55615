package rewrite

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Join makes one RUN of several that follow each other. Each step keeps its
// layout and comments, and the author's way of writing && or ; goes on; a step
// that would leak into the next is put in ( ), one that && would tear apart in
// { }. What makes sense only where each has a shell of its own goes: see withoutLeftovers.
// It reports false where the joined RUN might do anything else than the
// separate ones: the JSON form, here-documents, background jobs, differing
// flags, set -e around more than simple commands.
func Join(instructions []string) (string, bool) {
	if len(instructions) < 2 {
		return "", false
	}
	runs := make([]*Run, len(instructions))
	for i, text := range instructions {
		r, err := ParseRun(text)
		if err != nil || !r.plain() || !shareableFlags(r.Flags) {
			return "", false
		}
		if runs[i] = r; !slices.Equal(r.Flags, runs[0].Flags) {
			return "", false
		}
	}
	if joined, ok := joinUnderErrexit(runs); ok {
		return joined, true
	}
	if runs = withoutLeftovers(runs); len(runs) == 1 {
		return runs[0].in.src, sameScript(runs[0].in.src, runs[0].Commands)
	}
	var b strings.Builder
	b.WriteString(runs[0].in.head())
	var want []Command
	between := joinLayout(runs, " && ")
	shut := 0
	for i, r := range runs {
		step, ok := r.step(i == 0, runs[i+1:], between)
		if strings.HasPrefix(step, "( ") {
			shut++
		}
		if !ok || shut > maxShut {
			return "", false
		}
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteString(step)
		want = append(want, r.Commands...)
	}
	joined := b.String()
	return joined, sameScript(joined, want)
}

// maxShut is how many steps of a joined RUN may stand in ( ): with more of them it is no RUN
// that people want to read.
const maxShut = 1

// joinLayout is the separator of the first RUN that is written in several lines.
func joinLayout(runs []*Run, separate string) string {
	for _, r := range runs {
		if leading.MatchString(r.in.src) || trailing.MatchString(r.in.src) {
			return r.layout(separate)
		}
	}
	return runs[0].layout(separate)
}

// shareableFlags reports whether one RUN with these flags sees what several would:
// a tmpfs starts empty each time, and what is written into a bind mount is lost.
func shareableFlags(flags []string) bool {
	for _, flag := range flags {
		name, value, _ := strings.Cut(flag, "=")
		switch name {
		case "--network", "--security":
		case "--mount":
			m := mountOf(value)
			if m.Kind != "cache" && m.Kind != "secret" && m.Kind != "ssh" && !(m.Kind == "bind" && !m.writable) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// step renders one RUN's script as an operand of &&. later are the RUNs whose
// scripts follow it in the same shell; between separates commands.
func (r *Run) step(first bool, later []*Run, between string) (string, bool) {
	e := effectsOf(r.file)
	last := len(later) == 0
	stmts := r.file.Stmts
	if e.odd || !last && e.outlives || stmts[len(stmts)-1].Background {
		return "", false
	}
	shut := !last && (e.exits || e.leaks && !e.leak.harmless(later))
	if len(stmts) == 1 && !shut && (last || !e.errexit || allStraight(later)) {
		return r.list(elements(stmts[0]), between, first), true
	}
	if e.errexit {
		if list, ok := r.errexitList(e); ok {
			if last {
				return r.list(list, between, first), true
			}
			return "( " + r.list(list, " && ", true) + " )", true
		}
		if !last {
			return "", false
		}
	}
	text := r.in.slice(int(stmts[0].Pos().Offset()), stmtEnd(stmts[len(stmts)-1]))
	if len(stmts) == 1 {
		text = r.list(elements(stmts[0]), " && ", true)
	}
	switch {
	case shut:
		return "( " + text + " )", true
	case first && !negated(stmts[len(stmts)-1]):
		return text, true // a; b && c runs c where a; b would have succeeded
	}
	return "{ " + text + "; }", true
}

// negated reports whether && behind a statement would be read as a part of it in
// another way than behind { }.
func negated(s *syntax.Stmt) bool {
	if list, ok := s.Cmd.(*syntax.BinaryCmd); ok && (list.Op == syntax.AndStmt || list.Op == syntax.OrStmt) {
		return false
	}
	return s.Negated
}

// allStraight reports whether RUNs are && lists of simple commands and pipes, which
// stop at the first failure with set -e and without.
func allStraight(runs []*Run) bool {
	return !slices.ContainsFunc(runs, func(r *Run) bool {
		return len(r.file.Stmts) != 1 || slices.ContainsFunc(elements(r.file.Stmts[0]), func(el element) bool { return !straight(el.stmt) }) ||
			effectsOf(r.file).branches
	})
}

// errexitList turns a script that begins with set -e into an && list, where
// that stops at the same command with the same status.
func (r *Run) errexitList(e effects) ([]element, bool) {
	if e.branches || e.exits || e.relaxes {
		return nil, false
	}
	var list []element
	for i, s := range r.file.Stmts {
		steps := elements(s)
		// set -e does not look at the commands of an && list but the last, so
		// only the script's own last list, and the set itself, may be one.
		if len(steps) > 1 && i < len(r.file.Stmts)-1 && i > 0 || s.Background {
			return nil, false
		}
		for _, step := range steps {
			if !straight(step.stmt) {
				return nil, false
			}
		}
		list = append(list, steps...)
	}
	return list, r.startsWithErrexit()
}

// startsWithErrexit reports whether set -e holds from the script's first command,
// a statement of its own or the start of the only list, to its end.
func (r *Run) startsWithErrexit() bool {
	first := elements(r.file.Stmts[0])
	return setsErrexit(first[0].stmt) && (len(r.file.Stmts) == 1 || len(first) == 1) && !effectsOf(r.file).relaxes
}

func setsErrexit(s *syntax.Stmt) bool {
	c, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Args) < 2 {
		return false
	}
	var e effects
	e.call(c)
	return e.errexit && !e.relaxes && wordOf(c.Args[0]).Text == "set"
}

// list renders an && list. Gaps as people write them keep their layout, which may
// hold comments; those of a history, where lines were joined, become the one between. Where the list is not the first
// operand, || in it needs { }.
func (r *Run) list(list []element, between string, first bool) string {
	var b strings.Builder
	for i, el := range list {
		if i > 0 {
			gap := r.in.between(list[i-1].to, el.from)
			if gap == " && " || strings.Contains(gap, "\n") && strings.Contains(gap, "&&") {
				b.WriteString(gap)
			} else {
				b.WriteString(between)
			}
		}
		text := r.tidy(el)
		if or, ok := el.stmt.Cmd.(*syntax.BinaryCmd); ok && or.Op == syntax.OrStmt && (i > 0 || !first) {
			text = "{ " + text + "; }"
		}
		b.WriteString(text)
	}
	return b.String()
}

// tidy returns an element's source. A simple command in one line loses the
// blanks that are left in an image's history where the author's line
// continuations were.
func (r *Run) tidy(el element) string {
	text := r.in.slice(el.from, el.to)
	call, ok := el.stmt.Cmd.(*syntax.CallExpr)
	if !ok || strings.Contains(text, "\n") || el.stmt.Negated {
		return text
	}
	var parts []syntax.Node
	for _, a := range call.Assigns {
		parts = append(parts, a)
	}
	for _, w := range call.Args {
		parts = append(parts, w)
	}
	for _, redir := range el.stmt.Redirs {
		parts = append(parts, redir)
	}
	slices.SortFunc(parts, func(a, b syntax.Node) int { return int(a.Pos().Offset()) - int(b.Pos().Offset()) })
	words := make([]string, len(parts))
	for i, n := range parts {
		words[i] = r.in.slice(int(n.Pos().Offset()), int(n.End().Offset()))
	}
	return strings.Join(words, " ")
}

// Subshells counts the ( ) around commands in RUNs.
func Subshells(texts ...string) (n int) {
	for _, text := range texts {
		r, err := ParseRun(text)
		if err != nil || r.file == nil {
			continue
		}
		syntax.Walk(r.file, func(node syntax.Node) bool {
			if _, ok := node.(*syntax.Subshell); ok {
				n++
			}
			return true
		})
	}
	return n
}

// GoesOn reports whether a RUN is a list of statements of which a later one runs although an
// earlier one failed.
func GoesOn(text string) bool {
	r, err := ParseRun(text)
	return err == nil && r.file != nil && len(r.file.Stmts) > 1 && !effectsOf(r.file).errexit
}
