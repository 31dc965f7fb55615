package rewrite

import (
	"path"
	"strings"
)

// WorkDir is the working directory after an instruction, given the one before it.
// Only WORKDIR changes it. "" is a directory that nobody can tell: that of a
// relative path below such a directory, and of one that the builder has still to
// expand (a variable, a backslash that may escape or be a part of the name). An
// absolute path makes it known again.
func WorkDir(dir, text string) string {
	if Keyword(text) != "WORKDIR" {
		return dir
	}
	in, err := split(text)
	if err != nil {
		return ""
	}
	to := in.body
	if n := len(to); n > 1 && (to[0] == '"' || to[0] == '\'') && to[n-1] == to[0] {
		to = to[1 : n-1]
	}
	switch {
	case to == "" || strings.ContainsAny(to, "$\\\"'"):
		return ""
	case path.IsAbs(to):
		return path.Clean(to)
	case dir == "":
		return ""
	}
	return path.Join(dir, to)
}
