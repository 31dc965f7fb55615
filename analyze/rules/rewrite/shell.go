package rewrite

import (
	"encoding/json"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// ExecForm turns a CMD or ENTRYPOINT in shell form into one whose program gets
// signals: the JSON form where its words are literal, else with exec in front of
// the command, which lets the shell replace itself. It reports false where the
// text is more than one simple command, is in JSON form already, or begins with
// exec.
func ExecForm(text string) (string, bool) {
	in, err := split(text)
	if err != nil || !in.is("CMD") && !in.is("ENTRYPOINT") || in.body == "" || strings.TrimSpace(in.rest) != "" {
		return "", false
	}
	if _, ok := in.list(); ok {
		return "", false
	}
	f, err := parseShell(in.body)
	if err != nil || len(f.Stmts) != 1 || hasComments(f) {
		return "", false
	}
	stmt := f.Stmts[0]
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || stmt.Negated || stmt.Background || stmt.Coprocess || len(call.Args) == 0 {
		return "", false
	}
	words, literal := make([]string, len(call.Args)), len(stmt.Redirs) == 0 && len(call.Assigns) == 0
	for i, arg := range call.Args {
		w := wordOf(arg)
		words[i] = w.Text
		literal = literal && w.Literal && !w.Glob
	}
	if name := words[0]; name == "exec" || isBuiltin(name) {
		return "", false
	}
	if !literal {
		at := int(call.Args[0].Pos().Offset())
		if len(call.Assigns) > 0 {
			return "", false // exec A=b would run a program of that name
		}
		src := in.at[at]
		return in.src[:src] + "exec " + in.src[src:], true
	}
	list, err := marshalWords(words)
	if err != nil {
		return "", false
	}
	return in.head() + list, true
}

// isBuiltin names what only a shell can run.
func isBuiltin(name string) bool {
	switch name {
	case ".", "source", "eval", "set", "trap", "ulimit", "umask", "cd", "export", "wait", ":", "command", "builtin", "time":
		return true
	}
	return false
}

// marshalWords writes words as people write them in a Dockerfile: a blank behind
// each comma, and < > & as they are.
func marshalWords(words []string) (string, error) {
	parts := make([]string, len(words))
	for i, w := range words {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(w); err != nil {
			return "", err
		}
		parts[i] = strings.TrimSuffix(b.String(), "\n")
	}
	return "[" + strings.Join(parts, ", ") + "]", nil
}

// PosixShell reports whether a SHELL instruction names a shell of the sh family
// that runs RUN scripts the way the edits here expect: without -e, which would
// make && and ; differ in more than they do by default.
func PosixShell(shell string) bool {
	in, err := split(shell)
	if err != nil || !in.is("SHELL") {
		return false
	}
	words, ok := in.list()
	if !ok || len(words) < 2 {
		return false
	}
	switch path.Base(words[0]) {
	case "sh", "bash", "dash", "ash", "ksh", "mksh":
	default:
		return false
	}
	for i, word := range words[1:] {
		if words[i] == "-o" || words[i] == "-eo" {
			if word == "errexit" || word == "noglob" {
				return false
			}
			continue
		}
		if strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.ContainsAny(word, "ef") {
			return false
		}
	}
	return strings.HasSuffix(words[len(words)-1], "c")
}

// Text is the script that the RUN gives its shell; "" for the JSON form.
func (r *Run) Text() string {
	if r.Exec != nil {
		return ""
	}
	return r.script
}

// ParseShell reads a script for others to walk through. It reports false where the
// text is no shell script as far as the parser can tell, or too large.
func ParseShell(text string) (*syntax.File, bool) {
	f, err := parseShell(text)
	return f, err == nil
}

// CallsSudo reports whether one of the commands that the RUN always runs is a call of
// sudo for root, so that it may run another one so.
func (r *Run) CallsSudo() bool {
	if r.Exec != nil || r.file == nil {
		return false
	}
	for _, s := range r.file.Stmts {
		for _, el := range elements(s) {
			call, ok := el.stmt.Cmd.(*syntax.CallExpr)
			if !ok || len(call.Args) < 2 || wordOf(call.Args[0]).Text != "sudo" {
				continue
			}
			next := wordOf(call.Args[1]).Text
			if next == "-E" || next == "-H" || next == "-n" || next != "" && next[0] != '-' {
				return true
			}
		}
	}
	return false
}
