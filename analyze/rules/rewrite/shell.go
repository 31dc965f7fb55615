package rewrite

import (
	"path"
	"strings"
)

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
