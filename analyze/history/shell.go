package history

import (
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// defaultShells are what a command in shell form starts with when no SHELL
// instruction stands before it. Podman and Buildah record the first even then.
var defaultShells = []string{"/bin/sh -c", "/bin/bash -c", "/bin/bash -o pipefail -c", "/bin/ash -eo pipefail -c", "cmd /S /C"}

// unknownRun stands for a command that cannot be told from a build argument's value.
const unknownRun = "RUN …"

// cutShell takes the shell off a command; false where it has none.
func cutShell(command string, shells []string) (string, bool) {
	for _, shell := range shells {
		if rest, ok := strings.CutPrefix(command, shell+" "); ok {
			return rest, true
		}
	}
	return command, false
}

// runText writes a RUN. It reports false where the command has to stay unknown.
func runText(it *item, a *arguments) (string, bool) {
	command, shell, ok := runCommand(it, a)
	switch {
	case !ok:
		return unknownRun, false
	case !shell && it.form != written && !strings.HasPrefix(strings.TrimSpace(command), "["):
		return "RUN " + execJSON(strings.Fields(command)), true
	}
	return strings.TrimSpace("RUN " + shellText(command)), true
}

// runCommand is what a RUN executed, without build arguments and, where it was
// in shell form, without the shell. It reports not ok where that is unknown.
func runCommand(it *item, a *arguments) (command string, shell, ok bool) {
	command = it.body
	if withArguments.MatchString(command) {
		if command, ok = a.stripArgs(it); !ok {
			return "", false, false
		}
	}
	command, shell = cutShell(command, it.shell)
	return command, shell, true
}

// inlineScript is the command BuildKit records for a heredoc that starts with
// "#!" (dockerfile2llb, dispatchRun): the script itself is not in the history.
var inlineScript = lazyregexp.New(`^/dev/pipes/(\w+)$`)

// shellText writes a command in shell form. Line continuations are lost in the
// history, so a newline in it means a heredoc: BuildKit records the text of a
// plain one (RUN <<EOF), with its last newline, in place of the marker, and
// everything of one that feeds a command (RUN cat <<EOF >/x).
func shellText(command string) string {
	if found := inlineScript.FindStringSubmatch(command); found != nil {
		return "<<" + found[1] + "\n# a script that the history does not record\n" + found[1]
	}
	if !strings.Contains(command, "\n") {
		return collapse(strings.TrimSpace(command))
	}
	if !strings.HasSuffix(command, "\n") {
		return strings.TrimLeft(command, " \t")
	}
	end := "EOF"
	for line := range strings.Lines(command) {
		if line = strings.TrimSuffix(line, "\n"); len(line) >= len(end) && strings.TrimRight(line, "_") == "EOF" {
			end = line + "_"
		}
	}
	return "<<" + end + "\n" + command + end
}

// collapse makes one blank of each run of blanks and tabs that stands outside
// quotes: what is left of the indentation behind line continuations. Text it
// cannot follow (quotes left open) comes back as it was.
func collapse(command string) string {
	var out strings.Builder
	out.Grow(len(command))
	var open []byte // what is open, innermost last: ' " ` (
	quoted := 0     // how many of them are quotes, inside which blanks count
	push := func(c byte) {
		open = append(open, c)
		if c != '(' {
			quoted++
		}
	}
	pop := func() {
		if open[len(open)-1] != '(' {
			quoted--
		}
		open = open[:len(open)-1]
	}
	for i := 0; i < len(command); i++ {
		c := command[i]
		in := byte(0)
		if len(open) > 0 {
			in = open[len(open)-1]
		}
		switch {
		case in == '\'':
			if c == '\'' {
				pop()
			}
		case c == '\\' && i+1 < len(command):
			out.WriteByte(c)
			i++
			c = command[i]
		case c == '$' && i+1 < len(command) && command[i+1] == '(':
			out.WriteByte(c)
			i++
			c = '('
			push(c)
		case c == '"' || c == '`':
			if in == c {
				pop()
			} else {
				push(c)
			}
		case in == '"':
		case c == '\'':
			push(c)
		case c == '(' && in == '(':
			push(c)
		case c == ')' && in == '(':
			pop()
		case quoted == 0 && (c == ' ' || c == '\t'):
			for i+1 < len(command) && (command[i+1] == ' ' || command[i+1] == '\t') {
				i++
			}
			c = ' '
		}
		out.WriteByte(c)
	}
	if len(open) > 0 {
		return command
	}
	return out.String()
}
