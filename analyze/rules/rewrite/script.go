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
