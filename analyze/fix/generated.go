package fix

import (
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// generated matches the comment by which a program says that it has written a file.
var generated = lazyregexp.New(`(?i)\b(?:auto-?)?generated\b.*\bdo not (?:edit|modify|change)\b|\bdo not (?:edit|modify|change)\b.*\bgenerated\b|this (?:docker)?file (?:is|was) (?:auto-?|automatically )?generated`)

// GeneratedLine returns the line of the comments at the top of the old Dockerfile that says that
// the file is generated, 0 where none does. An edit of such a file is lost when it is written anew.
func (r *Result) GeneratedLine() int {
	n := 0
	for line := range strings.Lines(string(r.Old)) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case line != "" && line[0] != '#':
			return 0
		case generated.MatchString(line):
			return n
		}
	}
	return 0
}
