package rewrite

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// effects is what a script does to the shell that runs it, beyond its commands.
// A RUN's shell ends with the RUN, so a script that is joined with a next one
// must be shut off where it leaks, and cannot be joined where shutting it off
// does not help.
type effects struct {
	leaks    bool // variables, directory, options, functions: ( ) holds them
	leak     leak // what leaks, as far as it can be told
	outlives bool // background jobs and daemons: nothing holds them
	exits    bool // exit, exec: what is appended may never run
	errexit  bool // set -e, or +e
	relaxes  bool // set +e
	noglob   bool // set -f
	odd      bool // constructs that shells read differently, or that ( ) changes
	branches bool // something stands in if, loops, functions, eval, subshells …
}

// leak tells what a script leaves in its shell.
type leak struct {
	names    []string // variables
	moves    bool     // another directory
	options  bool     // set -e, -u, -x, -o pipefail
	nounset  bool     // set -u among them
	pipefail bool
	more     bool // anything else, or what cannot be told
}

// Builtins that change the shell itself. POSIX.1-2024, "Shell Command
// Language", 2.15, and bash(1), "SHELL BUILTIN COMMANDS".
var leakyBuiltins = strings.Fields(`cd pushd popd dirs export unset readonly set shopt umask ulimit trap alias unalias read mapfile readarray
	getopts eval . source shift hash enable builtin exec exit return logout wait printf declare typeset local let bind complete`)

// Programs that leave a process behind.
var daemons = strings.Fields(`service systemctl invoke-rc.d rc-service openrc start-stop-daemon setsid nohup daemonize daemon disown supervisord apachectl
	apache2ctl pg_ctl pg_ctlcluster mysqld mysqld_safe mariadbd mariadbd-safe redis-server mongod nginx sshd crond cron dockerd containerd dbus-daemon Xvfb coproc bg fg screen tmux`)

func effectsOf(f *syntax.File) effects {
	var e effects
	e.add(f, false)
	return e
}

// add adds what a part of a script does. Where that runs in a shell of its own, its variables,
// directory, options and exit are gone when that shell ends.
func (e *effects) add(part syntax.Node, own bool) {
	leaks, leak, exits := e.leaks, e.leak, e.exits
	leak.names = slices.Clip(leak.names)
	syntax.Walk(part, func(n syntax.Node) bool {
		if n != part {
			switch n.(type) {
			case *syntax.Subshell, *syntax.CmdSubst:
				e.add(n, true)
				return false
			}
		}
		switch n := n.(type) {
		case *syntax.Stmt:
			e.outlives = e.outlives || n.Background || n.Coprocess || n.Disown
		case *syntax.Redirect:
			switch n.Op {
			case syntax.RdrAll, syntax.AppAll, syntax.Hdoc, syntax.DashHdoc:
				e.odd = true
			}
			if n.N != nil && strings.HasPrefix(n.N.Value, "{") {
				e.leaks, e.leak.more = true, true
			}
		case *syntax.BinaryCmd:
			e.odd = e.odd || n.Op == syntax.PipeAll
		case *syntax.CoprocClause:
			e.outlives = true
		case *syntax.DeclClause, *syntax.LetClause, *syntax.ArithmCmd:
			e.leaks, e.leak.more = true, true
		case *syntax.FuncDecl:
			e.leaks, e.leak.more, e.branches = true, true, true
			e.odd = e.odd || n.Name == nil || !isCompound(n.Body)
		case *syntax.ForClause:
			e.leaks, e.branches = true, true
			if loop, ok := n.Loop.(*syntax.WordIter); ok {
				e.leak.names = append(e.leak.names, loop.Name.Value)
			} else {
				e.leak.more = true
			}
		case *syntax.Block, *syntax.Subshell, *syntax.IfClause, *syntax.WhileClause, *syntax.CaseClause, *syntax.TimeClause,
			*syntax.TestClause, *syntax.TestDecl, *syntax.ProcSubst:
			e.branches = true
		case *syntax.CmdSubst:
			e.branches = e.branches || len(n.Stmts) > 1 || len(n.Stmts) == 1 && !isCall(n.Stmts[0])
		case *syntax.ParamExp:
			e.parameter(n)
		case *syntax.BinaryArithm, *syntax.UnaryArithm:
			e.leaks, e.leak.more = true, true // may assign: $((i++))
		case *syntax.CallExpr:
			e.call(n)
		}
		return true
	})
	if own {
		e.leaks, e.leak, e.exits = leaks, leak, exits
	}
}

// isCompound reports whether a function's body is in braces or parentheses, where
// all shells agree on its end.
func isCompound(s *syntax.Stmt) bool {
	switch s.Cmd.(type) {
	case *syntax.Block, *syntax.Subshell:
		return true
	}
	return false
}

func isCall(s *syntax.Stmt) bool { _, ok := s.Cmd.(*syntax.CallExpr); return ok }

func (e *effects) parameter(p *syntax.ParamExp) {
	if p.Param != nil && slices.Contains([]string{"$", "_", "!", "PPID", "BASHPID", "SHLVL", "BASH_SUBSHELL", "LINENO"}, p.Param.Value) {
		e.odd = true
	}
	if p.Exp != nil && (p.Exp.Op == syntax.AssignUnset || p.Exp.Op == syntax.AssignUnsetOrNull) {
		e.leaks, e.leak.more = true, true
	}
	if p.Exp != nil && (p.Exp.Op == syntax.ErrorUnset || p.Exp.Op == syntax.ErrorUnsetOrNull) {
		e.leaks, e.leak.more = true, true // ${x:?} ends the shell
	}
}

func (e *effects) call(c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		e.leaks = true // a bare assignment
		for _, a := range c.Assigns {
			if a.Name == nil || a.Index != nil || a.Array != nil {
				e.leak.more = true
				continue
			}
			e.leak.names = append(e.leak.names, a.Name.Value)
		}
		return
	}
	words := make([]Word, len(c.Args))
	for i, arg := range c.Args {
		words[i] = wordOf(arg)
	}
	if !words[0].Literal {
		e.leaks, e.leak.more, e.branches = true, true, true // may be any builtin
		return
	}
	if words[0].Text == "exec" {
		e.exits = true
	}
	stripped := stripPrefixes(words)
	name := Command{Words: stripped}.Name()
	if slices.Contains(leakyBuiltins, name) || slices.Contains(leakyBuiltins, words[0].Text) || name == "test" && len(c.Assigns) > 0 || name == ":" && len(c.Assigns) > 0 {
		e.leaks = true
		switch {
		case len(c.Assigns) > 0 || len(stripped) != len(words):
			e.leak.more = true
		case name == "cd":
			e.leak.moves = true
		case name == "set":
		default:
			e.leak.more = true
		}
	}
	if !setsUpService(stripped) && (slices.Contains(daemons, name) || slices.Contains(daemons, words[0].Text) || strings.HasPrefix(stripped[0].Text, "/etc/init.d/")) {
		e.outlives = true
	}
	switch name {
	case "exit":
		// A failing exit fails the whole RUN, so nothing is left undone by it.
		e.exits = e.exits || len(stripped) != 2 || !stripped[1].Literal || strings.Trim(stripped[1].Text, "0") == ""
	case "exec", "return", "logout":
		e.exits = true
	case "eval", ".", "source":
		e.branches = true
	case "trap":
		e.odd = true
	case "set":
		e.set(stripped[1:])
	case "shopt":
		e.noglob = true // nullglob, failglob, extglob: leave it to a person
	}
}

// setsUpService reports whether a command is a systemctl that only makes links for
// the next boot and starts nothing. See systemctl(1), "Unit File Commands".
func setsUpService(words []Word) bool {
	if (Command{Words: words}).Name() != "systemctl" || slices.ContainsFunc(words, func(w Word) bool { return w.Text == "--now" || !w.Literal }) {
		return false
	}
	at := slices.IndexFunc(words[1:], func(w Word) bool { return !strings.HasPrefix(w.Text, "-") })
	return at >= 0 && slices.Contains([]string{"enable", "disable", "mask", "unmask", "preset", "set-default", "add-wants"}, words[at+1].Text)
}

// set follows the options that matter to an edit.
func (e *effects) set(args []Word) {
	e.leak.options = true
	for i, a := range args {
		switch {
		case !a.Literal || a.Text == "--" || strings.HasPrefix(a.Text, "+"):
			e.leak.more = true
		case a.Text == "pipefail" && i > 0 && strings.HasSuffix(args[i-1].Text, "o"):
			e.leak.pipefail = true
		case a.Text == "errexit" || a.Text == "xtrace":
		case strings.HasPrefix(a.Text, "-") && strings.Trim(a.Text[1:], "euxvo") == "":
			e.leak.nounset = e.leak.nounset || strings.Contains(a.Text, "u")
		default:
			e.leak.more = true // nounset by name, positional parameters …
		}
	}
	for i, a := range args {
		switch {
		case !a.Literal:
			e.errexit, e.relaxes, e.noglob = true, true, true // cannot know
		case a.Text == "--":
			return
		case a.Text == "errexit":
			e.errexit = true
			e.relaxes = e.relaxes || i > 0 && strings.HasPrefix(args[i-1].Text, "+")
		case a.Text == "noglob":
			e.noglob = true
		case strings.HasPrefix(a.Text, "-") || strings.HasPrefix(a.Text, "+"):
			e.errexit = e.errexit || strings.Contains(a.Text, "e")
			e.relaxes = e.relaxes || a.Text[0] == '+' && strings.Contains(a.Text, "e")
			e.noglob = e.noglob || strings.Contains(a.Text, "f")
			e.odd = e.odd || strings.ContainsAny(a.Text, "nmtbk") // noexec, job control …
		}
	}
}

// straight reports whether a statement is a simple command, or a pipe of such: one
// that set -e and && judge alike.
func straight(s *syntax.Stmt) bool {
	if s.Negated {
		return false
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr, *syntax.DeclClause:
		return true
	case *syntax.BinaryCmd:
		return c.Op == syntax.Pipe && straight(c.X) && straight(c.Y)
	}
	return false
}
