package need

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// call is one command that an instruction runs, or that a script runs which it runs.
type call struct {
	name    string   // without its directory; "" where only the shell knows it
	words   []string // patterns; of several values a word may have, the first
	paths   []string // absolute patterns that its words and redirections may name
	dir     string   // absolute pattern
	maybe   bool     // it may not run
	known   bool     // it runs a script, whose commands follow
	opaque  bool     // it runs a program or a script that nobody knows
	source  string   // for a sentence
	within  bool     // it stands in a script that the instruction runs
	updated bool     // it stands behind apt-get update, joined with it by &&
	// printed: it stands in $( ), where others use what it prints. A script that prints a word
	// installs nothing, unless the image shows that it did.
	printed bool
}

// maxCalls is how many commands of one instruction are looked at, maxDepth how deep
// scripts may run others.
const maxCalls, maxDepth = 2000, 5

// walker follows a script's commands in their order.
type walker struct {
	room  *Room
	layer int // in whose file system programs and scripts are looked for

	calls []call
	vars  *scope
	dir   string
	user  string

	depth     int
	branches  int  // conditions that it depends on whether what follows runs
	truncated bool // there was more than is looked at
}

func (w *walker) subshell(list []*syntax.Stmt) {
	vars, dir := w.vars, w.dir
	w.stmts(list)
	w.vars, w.dir = vars, dir
}

// perhaps walks statements that may not run: what they set may be so or as before.
func (w *walker) perhaps(list []*syntax.Stmt) {
	vars, dir := w.vars, w.dir
	w.branches++
	w.stmts(list)
	w.branches--
	if w.dir != dir {
		w.dir = unknown
	}
	set := w.vars
	for w.vars = vars; set != nil && set != vars && (vars == nil || set.depth > vars.depth); set = set.outer {
		if before := vars.lookup(set.name); before != nil {
			w.vars = w.vars.with(set.name, union(before, set.values))
		} else {
			w.vars = w.vars.with(set.name, union(values{""}, set.values))
		}
	}
}

func (w *walker) stmts(list []*syntax.Stmt) {
	for _, s := range list {
		if len(w.calls) >= maxCalls {
			w.truncated = true
			return
		}
		w.stmt(s)
	}
}

func (w *walker) stmt(s *syntax.Stmt) {
	var redirected []string
	for _, r := range s.Redirs {
		if r.Hdoc != nil {
			for _, text := range w.parts(r.Hdoc.Parts, true, false) {
				redirected = append(redirected, pathsInText(text)...)
			}
		}
		if r.Op != syntax.Hdoc && r.Op != syntax.DashHdoc && r.Op != syntax.DplOut && r.Op != syntax.DplIn {
			for _, v := range w.word(r.Word) {
				redirected = append(redirected, fragments(v, w.dir)...)
			}
		}
	}
	at := len(w.calls)
	w.command(s)
	switch {
	case len(redirected) == 0:
	case len(w.calls) > at:
		w.calls[at].paths = append(slices.Clone(w.calls[at].paths), redirected...)
	default:
		w.calls = append(w.calls, call{name: ":", words: []string{":"}, paths: redirected, dir: w.dir, source: print(s)})
	}
}

func (w *walker) command(s *syntax.Stmt) {
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		w.simple(c)
	case *syntax.DeclClause:
		for _, a := range c.Args {
			w.assign(a)
		}
	case *syntax.BinaryCmd:
		switch c.Op {
		case syntax.AndStmt:
			w.stmt(c.X)
			next := len(w.calls)
			w.stmt(c.Y)
			if next > 0 && next < len(w.calls) && isCall(lastOf(c.X)) && w.calls[next-1].command().FetchesLists() {
				w.calls[next].updated = true
			}
		case syntax.OrStmt:
			w.stmt(c.X)
			w.perhaps([]*syntax.Stmt{c.Y})
		default:
			w.subshell([]*syntax.Stmt{c.X})
			w.subshell([]*syntax.Stmt{c.Y})
		}
	case *syntax.Block:
		w.stmts(c.Stmts)
	case *syntax.Subshell:
		w.subshell(c.Stmts)
	case *syntax.IfClause:
		for first := c; c != nil; c = c.Else {
			if c == first {
				w.stmts(c.Cond)
			} else {
				w.perhaps(c.Cond)
			}
			w.perhaps(c.Then)
		}
	case *syntax.WhileClause:
		w.perhaps(c.Cond)
		w.perhaps(c.Do)
	case *syntax.ForClause:
		w.loop(c)
	case *syntax.CaseClause:
		w.word(c.Word)
		for _, item := range c.Items {
			w.perhaps(item.Stmts)
		}
	case *syntax.FuncDecl:
		w.perhaps([]*syntax.Stmt{c.Body})
	case *syntax.TimeClause:
		if c.Stmt != nil {
			w.stmt(c.Stmt)
		}
	case *syntax.CoprocClause:
		w.subshell([]*syntax.Stmt{c.Stmt})
	case nil:
	default: // [[ ]], (( )), let
		w.expressions(s.Cmd)
	}
}

// lastOf is the last statement of an && list.
func lastOf(s *syntax.Stmt) *syntax.Stmt {
	for {
		list, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok || list.Op != syntax.AndStmt || s.Negated {
			return s
		}
		s = list.Y
	}
}

// isCall reports whether a statement is one command, which succeeds where what follows it by && runs.
func isCall(s *syntax.Stmt) bool {
	_, ok := s.Cmd.(*syntax.CallExpr)
	return ok && !s.Negated && !s.Background
}

// expressions evaluates the words of a command that runs no program.
func (w *walker) expressions(cmd syntax.Command) {
	c := call{name: "test", words: []string{"test"}, dir: w.dir, source: print(cmd)}
	syntax.Walk(cmd, func(n syntax.Node) bool {
		if word, ok := n.(*syntax.Word); ok {
			for _, v := range w.word(word) {
				c.words = append(c.words, v)
				c.paths = append(c.paths, fragments(v, w.dir)...)
			}
			return false
		}
		return true
	})
	w.calls = append(w.calls, c)
}

func (w *walker) loop(c *syntax.ForClause) {
	iter, ok := c.Loop.(*syntax.WordIter)
	if ok && iter.Name != nil {
		var items values
		for _, item := range iter.Items {
			items = union(items, w.word(item))
		}
		if len(iter.Items) == 0 {
			items = values{unknown} // "$@"
		}
		w.vars = w.vars.with(iter.Name.Value, items)
	}
	w.perhaps(c.Do)
}

func (w *walker) assign(a *syntax.Assign) {
	if a.Name == nil || a.Naked {
		if a.Value != nil {
			w.word(a.Value)
		}
		return
	}
	set := values{unknown}
	if a.Array == nil && a.Index == nil {
		set = w.word(a.Value)
		if a.Append {
			if set = union(nil, set); w.vars.lookup(a.Name.Value) != nil {
				set = product(w.vars.lookup(a.Name.Value), set)
			}
		}
	}
	w.vars = w.vars.with(a.Name.Value, set)
}

// simple walks a simple command.
func (w *walker) simple(c *syntax.CallExpr) {
	outer := w.vars
	var assigned []string
	for _, a := range c.Assigns {
		w.assign(a)
		if a.Value != nil && len(c.Args) > 0 {
			for _, v := range w.word(a.Value) {
				assigned = append(assigned, fragments(v, w.dir)...)
			}
		}
	}
	if len(c.Args) == 0 {
		return
	}
	w.vars = outer // A=b command sets nothing for the next
	words := make([]string, 0, len(c.Args))
	var paths []string
	for i, arg := range c.Args {
		all := w.word(arg)
		if all[0] == "" && len(all) == 1 {
			if _, isVar := arg.Parts[0].(*syntax.ParamExp); isVar && len(arg.Parts) == 1 {
				continue // an empty variable is no word
			}
		}
		if parts, ok := split(arg, all); ok {
			words = append(words, parts...)
		} else {
			words = append(words, all[0])
		}
		for _, v := range all {
			for part := range strings.FieldsSeq(v) {
				if part != v || i > 0 || strings.Contains(v, "/") {
					paths = append(paths, fragments(part, w.dir)...)
				}
			}
		}
	}
	if len(words) == 0 {
		return
	}
	w.run(words, append(paths, assigned...), print(c), w.vars)
}

// split parts the words that an unquoted variable stands for.
func split(arg *syntax.Word, all values) ([]string, bool) {
	if len(arg.Parts) != 1 || len(all) != 1 || !strings.ContainsAny(all[0], " \t\n") {
		return nil, false
	}
	_, ok := arg.Parts[0].(*syntax.ParamExp)
	return strings.Fields(all[0]), ok
}

// run notes a command of evaluated words, and follows what it runs: another
// program, the text of sh -c, a script of the image.
func (w *walker) run(words, paths []string, source string, vars *scope) {
	before := len(words)
	words, inner := stripped(words)
	if last := len(words) - 1; last < before && words[last] == unknown && len(paths) < maxCalls && !slices.Contains(paths, unknown) {
		paths = append(slices.Clone(paths), unknown) // what xargs reads
	}
	c := call{name: programName(words[0]), words: words, paths: paths, dir: w.dir, source: source, maybe: w.branches > 0}
	if len(w.calls) >= maxCalls {
		w.truncated = true
		return
	}
	c.within = w.depth > 0
	w.calls = append(w.calls, c)
	at := len(w.calls) - 1
	switch {
	case inner != "":
		w.text(inner, at)
	case c.name == "cd" || c.name == "pushd":
		w.changeDir(words)
	case c.name == "popd":
		w.dir = unknown
	case c.name == "eval":
		w.text(strings.Join(words[1:], " "), at)
	case c.name == "read" || c.name == "mapfile" || c.name == "getopts":
		for _, name := range words[1:] {
			w.vars = w.vars.with(name, values{unknown})
		}
	default:
		w.program(words, at)
	}
}

func (w *walker) changeDir(words []string) {
	words = slices.DeleteFunc(slices.Clone(words[1:]), func(word string) bool { return word == "--" || word == "-P" || word == "-L" })
	switch {
	case len(words) == 0:
		home := w.vars.lookup("HOME")
		if w.dir = unknown; len(home) == 1 {
			w.dir = joinPath("/", home[0])
		}
	case len(words) > 1 || words[0] == "-":
		w.dir = unknown
	default:
		w.dir = joinPath(w.dir, words[0])
	}
}

// text walks a script that stands in a word.
func (w *walker) text(script string, at int) {
	if strings.IndexFunc(script, func(r rune) bool { return r <= plain }) >= 0 || w.depth >= maxDepth {
		w.calls[at].opaque = true
		w.calls[at].paths = append(slices.Clone(w.calls[at].paths), unknown)
		return
	}
	f, ok := w.room.cache.parse(script)
	if !ok {
		w.calls[at].opaque = true
		w.calls[at].paths = append(slices.Clone(w.calls[at].paths), pathsInText(script)...)
		return
	}
	w.depth++
	w.subshell(f.Stmts)
	w.depth--
}
