package rewrite

import "mvdan.cc/sh/v3/syntax"

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
