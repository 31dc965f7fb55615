// Package unified writes the difference between two versions of a file as a unified diff that
// "patch -p1" applies (GNU diffutils manual, "Detailed Description of Unified Format").
//
//	text, err := unified.Diff("Dockerfile", before, after, nil)
//
// A unified diff begins with the names of both files, followed by hunks. A hunk is a group of
// changed lines with up to three unchanged lines before and after them, its context. This
// package can leave lines out of the context if they must not be shown. A hunk is then split
// at such a line, and its parts have less context, as much before as after. patch and git
// apply take a shorter end for the beginning or the end of the file. If such a line is right
// next to a change, there is no context at all; patch accepts that, and git apply does with
// --unidiff-zero.
//
// There is no I/O and no state. Time and memory grow with the size of both versions.
package unified

import (
	"fmt"
	"strings"
)

// Diff compares two versions of a file and returns "" where they are the same. name is the
// file's path with slashes, seen from the directory where patch is to run. old is nil where
// there was no file. hidden says of each line of old whether the context leaves it out; what
// is beyond its end is shown. Lines that change are always written.
func Diff(name string, old, now []byte, hidden []bool) (string, error) {
	if string(old) == string(now) {
		return "", nil
	}
	from := header("a/" + name)
	if old == nil {
		from = "/dev/null"
	}
	lines, err := newScript(string(old), string(now), hidden)
	if err != nil {
		return "", fmt.Errorf("comparing the two versions of %s: %w", name, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", from, header("b/"+name))
	lines.write(&b)
	return b.String(), nil
}

// header returns a file name as patch reads it: in the quotes of C where the name holds a
// character that would end it. GNU diffutils manual, "File Names".
func header(name string) string {
	if !strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == '"' || c == '\\' || c == 0x7f }) {
		if strings.Contains(name, " ") {
			return name + "\t" // a name with blanks ends at the tab
		}
		return name
	}
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return `"` + b.String() + `"`
}
