package rewrite

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Run is what a RUN instruction says.
type Run struct {
	Flags    []string  // --mount=…, --network=…, without quotes
	Exec     []string  // the words of the JSON form; nil for the shell form
	Heredoc  bool      // has here-documents of the Dockerfile
	Commands []Command // in the order of the text

	in     *instruction
	script string // what the shell gets
	file   *syntax.File
}

// heredocOnly is a RUN whose whole script is one here-document.
var heredocOnly = lazyregexp.New(`^<<(-?)[ \t]*["']?([A-Za-z0-9_.+-]+)["']?$`)

// ParseRun reads a RUN instruction. An error says that the text is no RUN, or
// that its script is not shell as far as the parser can tell.
func ParseRun(text string) (*Run, error) {
	in, err := split(text)
	if err != nil {
		return nil, err
	}
	if !in.is("RUN") || in.body == "" {
		return nil, errSyntax
	}
	r := &Run{Flags: in.flags, in: in, script: in.body}
	if words, ok := in.list(); ok {
		r.Exec = words
		r.Commands = execCommands(words)
		return r, nil
	}
	if strings.TrimSpace(in.rest) != "" {
		r.Heredoc = true
		if r.script, err = in.heredocScript(); err != nil {
			return nil, err
		}
	}
	if r.file, err = parseShell(r.script); err != nil {
		return nil, err
	}
	r.Commands = commandsOf(r.file)
	return r, nil
}

// heredocScript is the script of a RUN with here-documents: the document itself
// where the instruction consists of nothing else, else the line with its
// documents as the shell reads them.
func (in *instruction) heredocScript() (string, error) {
	m := heredocOnly.FindStringSubmatch(in.body)
	if m == nil {
		return in.body + "\n" + in.rest, nil
	}
	var script strings.Builder
	rest := in.rest
	for rest != "" {
		line, more, _ := strings.Cut(rest, "\n")
		rest = more
		if m[1] == "-" {
			line = strings.TrimLeft(line, "\t")
		}
		if line == m[2] {
			if strings.TrimSpace(rest) != "" {
				return "", errSyntax
			}
			return script.String(), nil
		}
		script.WriteString(line + "\n")
	}
	return "", errSyntax
}

// maxSubstitutions bounds command substitutions: reading them takes the square of
// how deep they lie in one another.
const maxSubstitutions = 500

// maxDepth bounds how deep brackets of a script may lie in one another, or be left open: the parser
// takes a stack of thousands of bytes for each.
const maxDepth = 1000

// deeper reports whether brackets of a script lie deeper than so in one another. Those in quotes
// count, too.
func deeper(script string, than int) bool {
	depth := 0
	for i := range len(script) {
		switch script[i] {
		case '(', '[', '{':
			if depth++; depth > than {
				return true
			}
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
	}
	return false
}

// parseShell reads a script. Bash is asked for because it holds nearly all of
// what the sh of any distribution accepts; constructs that sh would read
// otherwise are left to the edits to refuse.
func parseShell(script string) (*syntax.File, error) {
	if len(script) > maxText || strings.Count(script, "$(")+strings.Count(script, "`") > maxSubstitutions || deeper(script, maxDepth) {
		return nil, errSyntax
	}
	return syntax.NewParser(syntax.KeepComments(true), syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
}

// An element is one command of an && list at the top of a script: the command
// and where it stands in the script.
type element struct {
	stmt     *syntax.Stmt
	from, to int
}

// elements flattens an && list. A statement that is none is a list of one.
func elements(s *syntax.Stmt) []element {
	if list, ok := s.Cmd.(*syntax.BinaryCmd); ok && list.Op == syntax.AndStmt && !s.Negated && len(s.Redirs) == 0 {
		return append(elements(list.X), elements(list.Y)...)
	}
	return []element{{s, int(s.Pos().Offset()), stmtEnd(s)}}
}

// stmtEnd is where a statement ends, not counting its ; or &.
func stmtEnd(s *syntax.Stmt) int {
	end := s.Pos().Offset()
	if s.Cmd != nil {
		end = s.Cmd.End().Offset()
	}
	for _, r := range s.Redirs {
		end = max(end, r.End().Offset())
	}
	return int(end)
}

// plain reports whether edits may work on the script by its position in the
// source: shell form, no here-documents, and no comments that would swallow
// what is appended.
func (r *Run) plain() bool {
	return r.Exec == nil && !r.Heredoc && len(r.file.Stmts) > 0 && !hasComments(r.file)
}

func hasComments(f *syntax.File) bool {
	found := false
	syntax.Walk(f, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Comment:
			found = true
		case *syntax.CmdSubst:
			return !found && !n.Backquotes // a comment in backquotes ends with them
		}
		return !found
	})
	return found
}

// Script reads a shell script of its own, such as an image's entry point, and
// returns its commands; none where it is no shell text.
func Script(text string) []Command {
	f, err := parseShell(text)
	if err != nil {
		return nil
	}
	return commandsOf(f)
}
