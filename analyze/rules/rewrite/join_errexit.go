package rewrite

import (
	"slices"
	"strings"
)

// joinUnderErrexit joins RUNs of which the first is a list of statements under set -e, as one
// more such list: set -e; a; b. A set of a later RUN that says the same goes. It reports false
// where set -e would stop at other commands than the separate RUNs do.
func joinUnderErrexit(runs []*Run) (string, bool) {
	first := runs[0]
	if len(first.file.Stmts) < 2 || !first.startsWithErrexit() {
		return "", false
	}
	between := joinLayout(runs, "; ")
	var b strings.Builder
	b.WriteString(first.in.head())
	var want []Command
	for i, r := range runs {
		steps, ok := r.statements(first, runs[i+1:])
		if !ok {
			return "", false
		}
		for k, step := range steps {
			switch {
			case k > 0:
				b.WriteString(r.gap(steps[k-1].to, step.from, between))
			case i > 0:
				b.WriteString(between)
			}
			b.WriteString(r.tidy(step))
		}
		commands := r.Commands
		if i > 0 && steps[0].from > int(r.file.Stmts[0].Pos().Offset()) {
			commands = commands[1:]
		}
		want = append(want, commands...)
	}
	joined := b.String()
	return joined, sameScript(joined, want)
}

// statements returns what one of the RUNs puts into a list of statements under set -e, of
// which first is the beginning.
func (r *Run) statements(first *Run, later []*Run) ([]element, bool) {
	e := effectsOf(r.file)
	last := len(later) == 0
	stmts := r.file.Stmts
	end := stmts[len(stmts)-1]
	if e.odd || e.exits || e.relaxes || end.Background || !last && (e.outlives || e.leaks && !e.leak.harmless(later)) {
		return nil, false
	}
	if !e.errexit {
		// A list stops at each of its commands.
		if len(stmts) != 1 || !allStraight([]*Run{r}) {
			return nil, false
		}
		return elements(stmts[0]), true
	}
	if !r.startsWithErrexit() || len(stmts) < 2 {
		return nil, false
	}
	var list []element
	for _, s := range stmts {
		list = append(list, element{s, int(s.Pos().Offset()), stmtEnd(s)})
	}
	if r != first && sameWords(r, first) {
		list = list[1:]
	}
	switch {
	case last || lone(end):
	case straightList(end) && len(elements(end)) > 1 && !slices.ContainsFunc(elements(end), func(el element) bool { return !straight(el.stmt) }):
		list = append(list[:len(list)-1], elements(end)...)
	default:
		return nil, false
	}
	return list, true
}

// sameWords reports whether two scripts begin with the same command.
func sameWords(a, b *Run) bool {
	return len(a.Commands) > 0 && len(b.Commands) > 0 && a.Commands[0].Source() == b.Commands[0].Source()
}

// gap is what stands between two statements of a RUN: its own layout where that is a ; as
// people write it, perhaps over lines with comments.
func (r *Run) gap(from, to int, between string) string {
	own := r.in.between(from, to)
	if own == "; " || strings.Contains(own, "\n") && strings.Contains(own, ";") && !strings.Contains(own, "&&") {
		return own
	}
	return between
}

// harmless reports whether what a script leaves in the shell makes no difference to the
// scripts of later RUNs.
func (l *leak) harmless(later []*Run) bool {
	if l.more {
		return false
	}
	moves := l.moves
	for _, r := range later {
		moves = moves && !beginsElsewhere(r)
		if moves && !staysAway(r) || l.nounset && strings.Contains(r.script, "$") || l.pipefail && strings.Contains(strings.ReplaceAll(r.script, "||", ""), "|") {
			return false
		}
		for _, name := range l.names {
			// A variable that is exported already would change for programs, too; those
			// have capital letters, but for the proxies.
			if name != strings.ToLower(name) || strings.HasSuffix(name, "_proxy") || strings.Contains(r.script, name) {
				return false
			}
		}
	}
	return true
}

// beginsElsewhere reports whether a RUN goes to a directory of its own before anything else.
func beginsElsewhere(r *Run) bool {
	first := elements(r.file.Stmts[0])
	c, ok := first[0].command()
	return ok && c.Name() == "cd" && len(c.Words) == 2 && c.Words[1].Literal && strings.HasPrefix(c.Words[1].Text, "/")
}

// anywhere are programs that do the same in every directory, if none of their operands is a
// relative path.
var anywhere = []string{"apt-get", "apt", "apt-mark", "rm", "rmdir", "mkdir", "chown", "chmod", "ln", "touch", "useradd", "groupadd", "usermod", "adduser", "addgroup", "ldconfig", "update-ca-certificates", "true"}

// staysAway reports whether a RUN does the same wherever it starts.
func staysAway(r *Run) bool {
	return !slices.ContainsFunc(r.Commands, func(c Command) bool {
		if sub, _, apt := c.Apt(); apt && sub != "install" {
			return c.Redirected // what is no file
		}
		files := !strings.HasPrefix(c.Name(), "ap") && !strings.HasSuffix(c.Name(), "add") && !strings.HasPrefix(c.Name(), "add")
		return c.Redirected || !slices.Contains(anywhere, c.Name()) || slices.ContainsFunc(c.Args(), func(w Word) bool {
			relative := files && w.Text != "" && !strings.HasPrefix(w.Text, "/") && !strings.HasPrefix(w.Text, "-")
			if !w.Literal && c.Name() != "apt-get" && c.Name() != "apt" {
				return true
			}
			return relative && !isOwnerOrMode(c.Name(), w.Text) || strings.HasPrefix(w.Text, ".")
		})
	})
}

// isOwnerOrMode reports whether a word of chown or chmod is no file.
func isOwnerOrMode(name, word string) bool {
	return name == "chown" && strings.Contains(word, ":") || name == "chmod" && strings.Trim(word, "01234567") == ""
}
