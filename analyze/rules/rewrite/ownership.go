package rewrite

import (
	"strings"
)

// Change is a command that gives files another owner, mode or time.
type Change struct {
	Program   string // chown, chgrp, chmod, touch
	Value     Word   // user:group, mode; empty for touch
	Recursive bool
	Plain     bool // no options but -R, -v, -f, -c, -h
	Targets   []Word
}

// Change reads chown, chgrp, chmod and touch.
func (c Command) Change() (Change, bool) {
	ch := Change{Program: c.Name(), Plain: true}
	switch ch.Program {
	case "chown", "chgrp", "chmod", "touch":
	default:
		return Change{}, false
	}
	options, valued := true, ch.Program == "touch"
	for _, w := range c.Args() {
		switch {
		case options && w.Text == "--":
			options = false
		case options && w.Literal && strings.HasPrefix(w.Text, "-") && len(w.Text) > 1 && !isMode(ch.Program, w.Text):
			switch {
			case w.Text == "--recursive":
				ch.Recursive = true
			case strings.HasPrefix(w.Text, "--") || strings.Trim(w.Text, "-Rvfch") != "":
				ch.Plain = false
			default:
				ch.Recursive = ch.Recursive || strings.Contains(w.Text, "R")
			}
		case !valued:
			ch.Value, valued = w, true
		default:
			ch.Targets = append(ch.Targets, w)
		}
	}
	return ch, len(ch.Targets) > 0
}

// isMode tells chmod -x from an option.
func isMode(program, text string) bool {
	return program == "chmod" && strings.Trim(text, "-rwxXstugo") == "" && !strings.Contains(text, "R")
}

// CreatesUsers reports whether a command makes users or groups.
func (c Command) CreatesUsers() bool {
	switch c.Name() {
	case "useradd", "groupadd", "adduser", "addgroup", "usermod", "groupmod":
		return true
	}
	return false
}
