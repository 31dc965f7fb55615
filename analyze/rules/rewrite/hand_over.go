package rewrite

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// HandOver is what a shell script leaves running in the end. A script that is process 1 and
// starts its last program with exec becomes that program; without exec the shell stays, and
// gets the signals that are meant for the program.
type HandOver struct {
	// Words are those of the last command, without exec and its options, and without what
	// only says how to run it, such as env or nice. Nil where the script ends in another way:
	// with a loop, a builtin, a pipe.
	Words []Word
	Exec  bool // the shell becomes that command
	Line  int  // of the command, from 1
	Plain bool // it stands at the top of the script, without variables of its own
	Alone bool // the command is all that the script does, but for set and comments
	// At is where the command begins in the script, in bytes.
	At int

	// Background are the programs that the script starts with & and goes on, in their order.
	Background []Command
	Minds      bool // it traps signals, waits for its children, or signals them
	Arguments  bool // its arguments are still those that it was started with
}

// maxFunctions is how deep the functions of a script are followed that its end calls.
const maxFunctions = 8

// ReadHandOver reads how a script ends. It reports false where the text is no shell
// script as far as the parser can tell.
func ReadHandOver(script string) (HandOver, bool) {
	f, err := parseShell(script)
	if err != nil {
		return HandOver{}, false
	}
	e := ending{functions: make(map[string]*syntax.Stmt)}
	syntax.Walk(f, e.note)
	h := HandOver{Minds: e.minds, Arguments: true}
	for _, s := range f.Stmts {
		h.Background = append(h.Background, background(s)...)
		h.Arguments = h.Arguments && !setsArguments(s)
	}
	last, alone := e.last(f.Stmts, 0)
	if last == nil {
		return h, true
	}
	call := last.Cmd.(*syntax.CallExpr)
	words := make([]Word, len(call.Args))
	for i, arg := range call.Args {
		words[i] = wordOf(arg)
	}
	h.Exec = words[0].Text == "exec" && len(words) > 1
	if h.Words = stripPrefixes(words); !h.Exec && isEnd(h.Words) {
		h.Words = nil
		return h, true
	}
	h.Line, h.At = int(last.Pos().Line()), int(call.Args[0].Pos().Offset())
	h.Plain = !e.nested && len(call.Assigns) == 0
	h.Alone = h.Plain && alone && len(last.Redirs) == 0 && len(h.Words) == len(words)
	return h, true
}

// ending follows a script to its last command.
type ending struct {
	functions map[string]*syntax.Stmt
	minds     bool
	nested    bool // the end is inside a function or a branch
}

// note takes down what functions there are, and whether the script minds its children.
func (e *ending) note(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.FuncDecl:
		e.functions[n.Name.Value] = n.Body
	case *syntax.CallExpr:
		if len(n.Args) > 0 {
			switch wordOf(n.Args[0]).Text {
			case "trap", "wait", "kill", "pkill", "killall":
				e.minds = true
			}
		}
	}
	return true
}

// last returns the simple command with which statements end, nil where that is something
// else, and whether they are nothing but that and settings of the shell.
func (e *ending) last(list []*syntax.Stmt, depth int) (s *syntax.Stmt, alone bool) {
	for len(list) > 0 && isCalled(list[len(list)-1], "exit", "return") {
		list = list[:len(list)-1]
	}
	if len(list) == 0 || depth > maxFunctions {
		return nil, false
	}
	alone = !slices.ContainsFunc(list[:len(list)-1], func(s *syntax.Stmt) bool { return !isCalled(s, "set") })
	return e.end(list[len(list)-1], depth), alone
}

// end returns the simple command with which a statement ends.
func (e *ending) end(s *syntax.Stmt, depth int) *syntax.Stmt {
	if s.Background || s.Coprocess || s.Negated || depth > maxFunctions {
		return nil
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		if len(c.Args) == 0 {
			return nil
		}
		if body, ok := e.functions[wordOf(c.Args[0]).Text]; ok {
			e.nested = true
			return e.end(body, depth+1)
		}
		return s
	case *syntax.Block:
		last, _ := e.last(c.Stmts, depth+1)
		return last
	case *syntax.BinaryCmd:
		if c.Op == syntax.AndStmt {
			return e.end(c.Y, depth+1)
		}
	case *syntax.IfClause:
		return e.branches(c, depth)
	}
	return nil
}

// branches returns the command of one branch where all branches of an if end alike: each
// with exec, or each without.
func (e *ending) branches(c *syntax.IfClause, depth int) *syntax.Stmt {
	e.nested = true
	var first *syntax.Stmt
	for ; c != nil; c = c.Else { // an else is one without a condition
		last, _ := e.last(c.Then, depth+1)
		switch {
		case last == nil:
			return nil
		case first == nil:
			first = last
		case isCalled(first, "exec") != isCalled(last, "exec"):
			return nil
		}
	}
	return first
}

// isCalled reports whether a statement is a plain call of one of some commands.
func isCalled(s *syntax.Stmt, names ...string) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	return ok && len(call.Args) > 0 && slices.Contains(names, wordOf(call.Args[0]).Text)
}

// background returns what a statement at the top of a script starts with &: of a list, its
// last command.
func background(s *syntax.Stmt) []Command {
	for call := s; s.Background; {
		list, ok := call.Cmd.(*syntax.BinaryCmd)
		if !ok || list.Op != syntax.AndStmt {
			if !startsProgram(call) {
				return nil
			}
			return commandsOf(&syntax.File{Stmts: []*syntax.Stmt{call}})[:1]
		}
		call = list.Y
	}
	if list, ok := s.Cmd.(*syntax.BinaryCmd); ok && list.Op == syntax.AndStmt {
		return append(background(list.X), background(list.Y)...)
	}
	return nil
}

func startsProgram(s *syntax.Stmt) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	return ok && len(call.Args) > 0
}

// setsArguments reports whether a statement at the top of a script gives it other arguments.
func setsArguments(s *syntax.Stmt) bool {
	return isCalled(s, "shift") || isCalled(s, "set") && strings.Contains(source(s), " -- ")
}

// brief are commands that are over soon, and say nothing about what a container runs.
var brief = strings.Fields("echo printf cat mkdir chown chmod ln cp mv rm touch true false : test [ set unset export source . eval trap wait read shift cd umask ulimit sleep tail exit return break continue local declare readonly alias env date ls id whoami kill exec")

// isEnd reports whether the last words of a script start no program that stays.
func isEnd(words []Word) bool {
	first := words[0]
	if !first.Literal {
		text := strings.Trim(first.Text, `"`)
		at := strings.LastIndexByte(text, '/')
		return text != "$@" && text != "$*" && (at < 0 || strings.Contains(text[at:], "$"))
	}
	return slices.Contains(brief, first.Text[strings.LastIndexByte(first.Text, '/')+1:])
}
