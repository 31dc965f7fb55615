package startable

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Command answers for a whole command: for each program that it starts, the first one first, until
// one cannot be started. What a shell's text or a script starts is the text's or the script's
// business, but for a text that always fails without a program.
func (c *Container) Command(words []string) Answer {
	if len(words) == 0 {
		return Answer{}
	}
	w := Unwrap(words)
	steps := w.By
	if len(w.Words) > 0 {
		steps = append(steps, Step{At: len(words) - len(w.Words), Dir: w.Dir, Path: w.Path})
	}
	var a Answer
	for _, s := range steps {
		if s.Path || s.Dir && !path.IsAbs(words[s.At]) {
			return Answer{} // nobody knows where it is looked for
		}
		a = c.Word(words[s.At])
		a.Index = s.At
		if a.Why == NoFirstLine && s.At > 0 {
			a.Why = Starts // the program before it gives it to a shell, as execvp does
		}
		if a.Why != Starts && a.Why != Unknown && a.Why != MayBeBrought {
			return a
		}
	}
	switch {
	case len(w.Words) == 0:
		return Answer{}
	case !IsShellText(w.Words):
		return a
	}
	t := c.text(w.Words[1], w.Words[2], w.Dir)
	t.Index, t.InText = a.Index, true
	return t
}

// Later is the same for a command that starts when the container has run for a while, such as
// that of a probe.
func (c *Container) Later(words []string) Answer {
	if c.Installs != nil && c.Installs() {
		return Answer{}
	}
	return c.Command(words)
}

// text answers for the text of a shell with its options. dirs reports whether it starts in a
// directory that is not known.
func (c *Container) text(options, text string, dirs bool) Answer {
	if !onlyText(options) || c.ShellReads || c.Installs != nil && c.Installs() {
		return Answer{}
	}
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil || changesNames(f) {
		return Answer{}
	}
	program := c.failing(f.Stmts)
	if program == "" || mayBring(f, program) {
		return Answer{}
	}
	if !path.IsAbs(program) && strings.Contains(program, "/") && (dirs || changesDir(f)) {
		return Answer{}
	}
	return c.WordInShell(program)
}

// onlyText reports whether the options of a shell say no more than that it is given a text, and
// how it deals with errors and variables.
func onlyText(options string) bool {
	return strings.Trim(strings.TrimPrefix(options, "-"), "aefuvxc") == ""
}

// changesDir reports whether a text goes to another directory.
func changesDir(f *syntax.File) (changes bool) {
	syntax.Walk(f, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 0 {
			changes = changes || slices.Contains([]string{"cd", "pushd"}, c.Args[0].Lit())
		}
		return !changes
	})
	return changes
}

// WordInShell is Word for one that a shell reads, which has commands of its own and puts other
// words in the place of some.
func (c *Container) WordInShell(word string) Answer {
	if strings.ContainsAny(word, "~*?[]") || IsShellWord(word) {
		return Answer{Word: word}
	}
	a := c.Word(word)
	if a.Why == NoFirstLine {
		a.Why = Starts // the shell itself reads it
	}
	return a
}

// withoutWrappers leaves out of a shell's command what only starts another; nil where that
// cannot be told, or leads to another directory or PATH.
func withoutWrappers(words []string) []string {
	if words[0] == "exec" {
		if words = words[1:]; len(words) == 0 || strings.HasPrefix(words[0], "-") {
			return nil
		}
	}
	if w := Unwrap(words); !w.Dir && !w.Path {
		return w.Words
	}
	return nil
}

// changesNames reports whether a text gives a name another meaning: a function, an alias, or
// another PATH.
func changesNames(f *syntax.File) (changes bool) {
	syntax.Walk(f, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.FuncDecl:
			changes = true
		case *syntax.Assign:
			changes = changes || n.Name != nil && n.Name.Value == "PATH"
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				changes = changes || slices.Contains([]string{"alias", ".", "source", "eval", "exit", "trap", "enable", "hash", "chroot", "unshare", "nsenter"}, n.Args[0].Lit()) && !isFailure(n)
			}
		}
		return !changes
	})
	return changes
}

// isFailure reports whether a command ends a shell with an error.
func isFailure(c *syntax.CallExpr) bool {
	switch {
	case len(c.Args) == 1:
		return c.Args[0].Lit() == "false" || c.Args[0].Lit() == "exit" // exit passes on the failure before it
	case len(c.Args) == 2 && c.Args[0].Lit() == "exit":
		code := c.Args[1].Lit()
		return code != "" && strings.Trim(code, "0") != "" && strings.Trim(code, "0123456789") == ""
	}
	return false
}

// failing is the missing program because of which some statements end with an error, "" where
// they may end well. The last of them decides.
func (c *Container) failing(list []*syntax.Stmt) string {
	if len(list) == 0 {
		return ""
	}
	s := list[len(list)-1]
	if s.Negated || s.Background || s.Coprocess {
		return ""
	}
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		return c.missingCall(cmd)
	case *syntax.Block:
		return c.failing(cmd.Stmts)
	case *syntax.Subshell:
		return c.failing(cmd.Stmts)
	case *syntax.BinaryCmd:
		return c.failingPair(cmd)
	}
	return ""
}

// failingPair is the same for two commands with an operator between them.
func (c *Container) failingPair(pair *syntax.BinaryCmd) string {
	left, right := c.failing([]*syntax.Stmt{pair.X}), c.failing([]*syntax.Stmt{pair.Y})
	then, _ := pair.Y.Cmd.(*syntax.CallExpr)
	switch pair.Op {
	case syntax.AndStmt:
		if left != "" {
			return left
		}
		return right
	case syntax.OrStmt:
		if left != "" && (right != "" || then != nil && !pair.Y.Negated && isFailure(then)) {
			return left
		}
	case syntax.Pipe, syntax.PipeAll:
		if right != "" || left == "" {
			return right
		}
		if then != nil && len(then.Args) > 1 && then.Args[0].Lit() == "grep" && !pair.Y.Negated && !inverts(then) {
			return left // of nothing, grep finds nothing
		}
	}
	return ""
}

// inverts reports whether a grep looks for what is not there, or has an option that is not read.
func inverts(c *syntax.CallExpr) bool {
	return slices.ContainsFunc(c.Args[1:], func(w *syntax.Word) bool {
		text := w.Lit()
		return strings.HasPrefix(text, "--") || strings.HasPrefix(text, "-") && strings.ContainsAny(text, "vcL")
	})
}

// missingCall is the program of one command, where the image does not have it.
func (c *Container) missingCall(call *syntax.CallExpr) string {
	var words []string
	for _, w := range call.Args {
		words = append(words, w.Lit())
	}
	if len(words) == 0 {
		return ""
	}
	if words = withoutWrappers(words); len(words) == 0 || c.WordInShell(words[0]).Why != NotThere {
		return ""
	}
	return words[0]
}
