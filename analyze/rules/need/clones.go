package need

import (
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// remote is the address of a repository on another machine.
var remote = lazyregexp.New(`^[a-z][a-z+]*://[^/]|^[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:`)

// IsRemote reports whether a word of git is the address of a repository on another machine.
func IsRemote(word string) bool { return remote.MatchString(word) }

// clones reports whether a call fetches a repository from another machine into a
// directory of its own, and looks at nothing else: git clone, hg clone, svn checkout.
func (c *call) clones() bool {
	var subcommands string
	switch c.name {
	case "git", "hg":
		subcommands = " clone "
	case "svn":
		subcommands = " checkout co export "
	default:
		return false
	}
	rest := c.words[1:]
	for len(rest) > 1 && rest[0] == "-c" {
		rest = rest[2:]
	}
	if len(rest) == 0 || !strings.Contains(subcommands, " "+rest[0]+" ") {
		return false
	}
	from := 0
	for _, word := range rest[1:] {
		switch {
		case strings.HasPrefix(word, "--reference"), strings.HasPrefix(word, "--template"), strings.HasPrefix(word, "--separate-git-dir"):
			return false
		case remote.MatchString(word) && !strings.HasPrefix(word, "file:"):
			from++
		}
	}
	return from == 1
}
