package rewrite

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Command is one simple command of a RUN, wherever it stands in the script:
// behind &&, in a loop, in a subshell, in the text of sh -c. Words in front that
// only say how to run it (sudo, env A=b, exec) are left out.
type Command struct {
	Words []Word // the program first; never empty
	// Dir is the directory it runs in as far as cd with literal words tells: ""
	// is where the RUN starts. DirKnown is false after a cd that cannot be told.
	Dir      string
	DirKnown bool
	// Conditional: it may not run at all, or more than once.
	Conditional bool
	// Subshell: its variables and directory do not outlive it.
	Subshell bool
	// Redirected: it has redirections, so it may write a file.
	Redirected bool
}

// Word is one word of a command.
type Word struct {
	Text    string // the value where Literal, else the source
	Literal bool   // no expansion by the shell but, where Glob, that of file names
	Glob    bool   // holds *, ? or [ that the shell expands
}

// Name is the program without its directory; "" where only the shell knows it.
func (c Command) Name() string {
	if !c.Words[0].Literal {
		return ""
	}
	return path.Base(c.Words[0].Text)
}

// Args are the words after the program.
func (c Command) Args() []Word { return c.Words[1:] }

// Source is the command's words in one line, for comparison.
func (c Command) Source() string {
	texts := make([]string, len(c.Words))
	for i, w := range c.Words {
		texts[i] = w.Text
	}
	return strings.Join(texts, " ")
}

// maxNesting bounds sh -c inside sh -c.
const maxNesting = 4

// A walker collects commands while it follows the script's order.
type walker struct {
	commands []Command
	nesting  int
}

// place is where in the script the walker is.
type place struct {
	dir                   string
	dirKnown              bool
	conditional, subshell bool
}

func commandsOf(f *syntax.File) []Command {
	w := &walker{}
	at := place{dirKnown: true}
	w.stmts(f.Stmts, &at)
	return w.commands
}

// execCommands reads the JSON form: one command, or a shell with its script.
func execCommands(words []string) []Command {
	if len(words) == 0 {
		return nil
	}
	c := make([]Word, len(words))
	for i, text := range words {
		c[i] = Word{Text: text, Literal: true}
	}
	w := &walker{}
	w.command(c, &place{dirKnown: true}, false)
	return w.commands
}

func (w *walker) stmts(list []*syntax.Stmt, at *place) {
	for _, s := range list {
		w.stmt(s, at)
	}
}

// apart walks statements whose directory does not reach what follows, or reaches
// it only perhaps.
func (w *walker) apart(list []*syntax.Stmt, at *place, subshell, conditional bool) {
	inner := *at
	inner.subshell = inner.subshell || subshell
	inner.conditional = inner.conditional || conditional
	w.stmts(list, &inner)
	if !subshell && (inner.dir != at.dir || !inner.dirKnown) {
		at.dirKnown = false
	}
}

func (w *walker) stmt(s *syntax.Stmt, at *place) {
	for _, r := range s.Redirs {
		w.substitutions(r.Word, at)
		if r.Hdoc != nil {
			w.substitutions(r.Hdoc, at)
		}
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		for _, a := range c.Assigns {
			w.substitutions(a.Value, at)
		}
		words := make([]Word, len(c.Args))
		for i, arg := range c.Args {
			w.substitutions(arg, at)
			words[i] = wordOf(arg)
		}
		w.command(words, at, len(s.Redirs) > 0)
	case *syntax.DeclClause:
		for _, a := range c.Args {
			w.substitutions(a.Value, at)
		}
	case *syntax.BinaryCmd:
		switch c.Op {
		case syntax.AndStmt:
			w.stmt(c.X, at)
			w.stmt(c.Y, at)
		case syntax.OrStmt:
			w.stmt(c.X, at)
			w.apart([]*syntax.Stmt{c.Y}, at, false, true)
		default: // a pipe: each side is a subshell
			w.apart([]*syntax.Stmt{c.X}, at, true, false)
			w.apart([]*syntax.Stmt{c.Y}, at, true, false)
		}
	case *syntax.Block:
		w.stmts(c.Stmts, at)
	case *syntax.Subshell:
		w.apart(c.Stmts, at, true, false)
	case *syntax.IfClause:
		for first := c; c != nil; c = c.Else { // an else has no condition
			w.apart(c.Cond, at, false, c != first)
			w.apart(c.Then, at, false, true)
		}
	case *syntax.WhileClause:
		w.apart(c.Cond, at, false, true)
		w.apart(c.Do, at, false, true)
	case *syntax.ForClause:
		if iter, ok := c.Loop.(*syntax.WordIter); ok {
			for _, item := range iter.Items {
				w.substitutions(item, at)
			}
		}
		w.apart(c.Do, at, false, true)
	case *syntax.CaseClause:
		w.substitutions(c.Word, at)
		for _, item := range c.Items {
			w.apart(item.Stmts, at, false, true)
		}
	case *syntax.FuncDecl:
		w.apart([]*syntax.Stmt{c.Body}, at, false, true)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			w.stmt(c.Stmt, at)
		}
	case *syntax.CoprocClause:
		w.apart([]*syntax.Stmt{c.Stmt}, at, true, true)
	case nil:
	default: // [[ ]], (( )), let: no command runs but in substitutions
		w.substitutions(s.Cmd, at)
	}
}

// substitutions walks the commands inside $( ) and <( ) of a word.
func (w *walker) substitutions(n syntax.Node, at *place) {
	if n == nil || n == (*syntax.Word)(nil) {
		return
	}
	syntax.Walk(n, func(n syntax.Node) bool {
		switch s := n.(type) {
		case *syntax.CmdSubst:
			w.apart(s.Stmts, at, true, false)
			return false
		case *syntax.ProcSubst:
			w.apart(s.Stmts, at, true, false)
			return false
		}
		return true
	})
}

// command notes one simple command, follows cd, and reads the script of sh -c.
func (w *walker) command(words []Word, at *place, redirected bool) {
	words = stripPrefixes(words)
	if len(words) == 0 {
		return
	}
	c := Command{Words: words, Dir: at.dir, DirKnown: at.dirKnown,
		Conditional: at.conditional, Subshell: at.subshell, Redirected: redirected}
	w.commands = append(w.commands, c)
	switch c.Name() {
	case "cd", "pushd", "popd":
		if at.dirKnown = c.Name() == "cd" && len(words) == 2 && words[1].Literal && !words[1].Glob && words[1].Text != "-"; at.dirKnown {
			at.dir = join(at.dir, words[1].Text)
		}
	case "sh", "bash", "dash", "ash":
		if script, ok := shellScript(words[1:]); ok && w.nesting < maxNesting {
			if f, err := parseShell(script); err == nil {
				w.nesting++
				w.apart(f.Stmts, at, true, false)
				w.nesting--
			}
		}
	}
}

// shellScript returns the text that a shell is given with -c.
func shellScript(args []Word) (string, bool) {
	for i, a := range args {
		if !a.Literal || !strings.HasPrefix(a.Text, "-") {
			if i > 0 && args[i-1].Text == "-o" {
				continue
			}
			return "", false
		}
		if !strings.HasPrefix(a.Text, "--") && strings.HasSuffix(a.Text, "c") && i+1 < len(args) {
			return args[i+1].Text, args[i+1].Literal
		}
	}
	return "", false
}

// prefixes are programs that run another, with those of their options that take
// a word of their own.
var prefixes = map[string]string{
	"sudo": "-u -g -h -p -C -D -R -T", "env": "-u -C -S", "exec": "-a", "command": "", "nice": "-n", "ionice": "-c -n", "nohup": "",
	"eatmydata": "", "time": "-f -o", "stdbuf": "-i -o -e", "setarch": "", "linux32": "", "fakeroot": "", "busybox": "", "doas": "-u -C",
}

// stripPrefixes drops the words that only say how to run the command.
func stripPrefixes(words []Word) []Word {
	for len(words) > 1 && words[0].Literal {
		valued, ok := prefixes[path.Base(words[0].Text)]
		if !ok {
			return words
		}
		rest := words[1:]
		for len(rest) > 0 && rest[0].Literal {
			text := rest[0].Text
			if name, _, ok := strings.Cut(text, "="); ok && syntax.ValidName(name) {
				rest = rest[1:]
			} else if slices.Contains(strings.Fields(valued), text) && len(rest) > 1 {
				rest = rest[2:]
			} else if strings.HasPrefix(text, "-") && text != "-" {
				rest = rest[1:]
			} else {
				break
			}
		}
		if len(rest) == 0 {
			return words
		}
		words = rest
	}
	return words
}

// join resolves a path against a directory; "" is the directory the RUN starts in.
func join(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	if dir == "" {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}
