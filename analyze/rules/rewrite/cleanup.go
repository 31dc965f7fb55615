package rewrite

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// AppendCleanup adds a command as the last step of a RUN, so that what it
// removes never reaches the layer. The RUN's other steps, its layout and its
// status stay as they are: it fails when and as it failed before. It reports
// false where the command might not run, might not do its work (set -f), might
// hide a failure, or would reach into a mount of the RUN. Whether the RUN's user may
// do it is for the caller to know.
func AppendCleanup(run, command string) (string, bool) {
	added, err := parseShell(command)
	if err != nil || len(added.Stmts) != 1 || strings.Contains(command, "\n") || hasComments(added) {
		return "", false
	}
	r, err := ParseRun(run)
	if err != nil || r.Exec != nil || hasComments(r.file) || len(r.file.Stmts) == 0 || len(r.Commands) == 0 {
		return "", false
	}
	e := effectsOf(r.file)
	if e.exits || e.noglob || e.outlives || r.hitsMount(added) {
		return "", false
	}
	want := append(r.Commands, commandsOf(added)...)
	if r.Heredoc {
		if edited, ok := r.extendHeredoc(added); ok {
			return edited, true
		}
		edited, ok := r.appendToHeredoc(command, e)
		return edited, ok && sameScript(edited, want)
	}
	last := r.file.Stmts[len(r.file.Stmts)-1]
	separate := " && "
	if e.odd || last.Background {
		return "", false
	}
	if e.errexit {
		switch {
		case r.setsErrexitFirst() && lone(last):
			separate = "; "
		case straightList(last) && !hasFunctions(r.file):
		default:
			return "", false
		}
	}
	end := stmtEnd(last)
	edited := r.in.src[:r.in.at[end-1]+1] + r.layout(separate) + command
	return edited, sameScript(edited, want)
}

// setsErrexitFirst reports whether set -e is a statement of its own before the last one, and
// stays in force.
func (r *Run) setsErrexitFirst() bool {
	before := r.file.Stmts[:len(r.file.Stmts)-1]
	return !effectsOf(r.file).relaxes && slices.ContainsFunc(before, func(s *syntax.Stmt) bool {
		list := elements(s)
		return len(list) == 1 && setsErrexit(list[0].stmt)
	})
}

// straightList reports whether a statement is made of simple commands with &&, ||
// and pipes alone, so that one more && changes nothing under set -e.
func straightList(s *syntax.Stmt) bool {
	if list, ok := s.Cmd.(*syntax.BinaryCmd); ok && !s.Negated && (list.Op == syntax.AndStmt || list.Op == syntax.OrStmt) {
		return straightList(list.X) && straightList(list.Y)
	}
	if !straight(s) {
		return false
	}
	return !effectsOf(&syntax.File{Stmts: []*syntax.Stmt{s}}).branches
}

// lone reports whether a statement is one compound command in which set -e stops at
// every failure, so that what stands behind a ; runs only after success.
func lone(s *syntax.Stmt) bool {
	ok := !s.Negated
	syntax.Walk(s, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.BinaryCmd:
			ok = ok && n.Op == syntax.Pipe
		case *syntax.Stmt:
			ok = ok && !n.Negated
		case *syntax.FuncDecl, *syntax.TestClause, *syntax.ArithmCmd:
			ok = false
		}
		return ok
	})
	if call, is := s.Cmd.(*syntax.CallExpr); is && len(call.Args) > 0 {
		ok = ok && wordOf(call.Args[0]).Literal
	}
	return ok
}

func hasFunctions(f *syntax.File) bool {
	found := false
	syntax.Walk(f, func(n syntax.Node) bool {
		if _, ok := n.(*syntax.FuncDecl); ok {
			found = true
		}
		return !found
	})
	return found
}

// hitsMount reports whether a clean-up reaches into one of the RUN's mounts: there
// it would empty somebody's cache instead of the layer.
func (r *Run) hitsMount(added *syntax.File) bool {
	for _, c := range commandsOf(added) {
		if _, _, ok := c.Apt(); ok && r.mounted("/var/cache/apt") {
			return true
		}
		for _, w := range c.Args() {
			name, _, _ := strings.Cut(w.Text, "*")
			if path.IsAbs(name) && r.mounted(path.Clean(name)) {
				return true
			}
		}
	}
	return false
}

// Between two lines of a command may stand comments, and lines with nothing but the backslash.
var (
	leading   = lazyregexp.New(`\\[ \t]*\n(?:[ \t]*(?:#[^\n]*|\\[ \t]*)\n)*([ \t]*)(&&|;)[ \t]`)
	continued = lazyregexp.New(`\\[ \t]*\n(?:[ \t]*(?:#[^\n]*|\\[ \t]*)\n)*([ \t]+)[^\s#\\]`)
	trailing  = lazyregexp.New(`(&&|;)[ \t]*\\[ \t]*\n(?:[ \t]*(?:#[^\n]*|\\[ \t]*)\n)*([ \t]*)[^\s#\\]`)
)

// layout is the separator in the author's own style: && or ; at the start or at the
// end of lines, with their indentation.
func (r *Run) layout(separate string) string {
	op := strings.TrimSpace(separate)
	gap := ""
	if op == ";" {
		gap = ";"
	}
	if m := leading.FindAllStringSubmatch(r.in.src, -1); m != nil {
		switch indent, leads := m[len(m)-1][1], m[len(m)-1][2]; {
		case op == "&&" || leads == op:
			return " \\\n" + indent + op + " "
		default:
			return gap + " \\\n" + indent
		}
	}
	if m := trailing.FindAllStringSubmatch(r.in.src, -1); m != nil {
		indent := m[len(m)-1][2]
		if op == "&&" {
			gap = " &&"
		}
		return gap + " \\\n" + indent
	}
	indent := "    "
	if m := continued.FindAllStringSubmatch(r.in.src, -1); m != nil && len(m[len(m)-1][1]) < 8 {
		indent = m[len(m)-1][1] // that of operands in lines of their own
	}
	if op == ";" {
		return gap + " \\\n" + indent
	}
	return " \\\n" + indent + "&& "
}

// appendToHeredoc adds a line to a RUN that is one here-document. Without
// set -e the document's last command decides the RUN's status, so what is added
// joins it with &&.
func (r *Run) appendToHeredoc(command string, e effects) (string, bool) {
	m := heredocOnly.FindStringSubmatch(r.in.body)
	last := r.file.Stmts[len(r.file.Stmts)-1]
	if m == nil || e.odd || last.Background || strings.HasPrefix(r.script, "#!") || strings.Contains(command, "$") {
		return "", false
	}
	if len(r.file.Stmts) < 2 || !r.startsWithErrexit() || !straight(last) {
		if m[1] == "-" || !straightList(last) || hasFunctions(r.file) {
			return "", false
		}
		at := len(r.in.src) - len(r.in.rest) + stmtEnd(last)
		return r.in.src[:at] + " && " + command + r.in.src[at:], true
	}
	lines := strings.SplitAfter(r.in.rest, "\n")
	for i, line := range lines {
		bare := strings.TrimSuffix(line, "\n")
		if m[1] == "-" {
			bare = strings.TrimLeft(bare, "\t")
		}
		if bare != m[2] {
			continue
		}
		indent := ""
		if i > 0 {
			indent = lines[i-1][:len(lines[i-1])-len(strings.TrimLeft(lines[i-1], " \t"))]
		}
		return strings.TrimSuffix(r.in.src, r.in.rest) + strings.Join(lines[:i], "") + indent + command + "\n" + strings.Join(lines[i:], ""), true
	}
	return "", false
}

// extendHeredoc adds the paths of a rm to the rm that a here-document ends with.
func (r *Run) extendHeredoc(added *syntax.File) (string, bool) {
	last, more := r.Commands[len(r.Commands)-1], commandsOf(added)
	gone, ok := last.Removal("")
	if len(more) != 1 || !ok || !gone.Whole || !plainRemoval.MatchString(last.Source()) || !plainRemoval.MatchString(more[0].Source()) {
		return "", false
	}
	edited := last.Source()
	for _, w := range more[0].Args()[1:] {
		if !gone.Covers(w.Text) {
			edited += " " + w.Text
		}
	}
	// The command stands in a line of its own right in front of the document's end.
	lines := strings.SplitAfter(r.in.rest, "\n")
	for i := len(lines) - 1; i > 0; i-- {
		if strings.TrimSpace(lines[i-1]) == last.Source() && i+1 >= len(lines)-1 {
			lines[i-1] = strings.Replace(lines[i-1], last.Source(), edited, 1)
			text := strings.TrimSuffix(r.in.src, r.in.rest) + strings.Join(lines, "")
			file, err := parseShell(edited)
			return text, err == nil && sameScript(text, append(slices.Clone(r.Commands[:len(r.Commands)-1]), commandsOf(file)...))
		}
	}
	return "", false
}

// plainRemoval matches a rm -rf of absolute paths that need no quotes.
var plainRemoval = lazyregexp.New(`^rm -rf( /[A-Za-z0-9._+@%:,~/*-]+)+$`)

// sameScript parses an edited RUN again and compares what it runs, and what
// of it only on a condition.
func sameScript(edited string, want []Command) bool {
	r, err := ParseRun(edited)
	return err == nil && r.Exec == nil && equalCommands(r.Commands, want)
}
