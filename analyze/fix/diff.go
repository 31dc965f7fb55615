package fix

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Diff is the edits as a unified diff that "patch -p1" applies in the
// Dockerfile's folder; "" where nothing changed. dockerfile and ignore are the
// files' names in that folder.
func (r *Result) Diff(dockerfile, ignore string) (string, error) {
	one, err := unified(dockerfile, r.Old, r.New)
	if err != nil {
		return "", err
	}
	two, err := unified(ignore, r.OldIgnore, r.NewIgnore)
	return one + two, err
}

// unified compares two versions of a file; old is nil where there was none.
func unified(name string, old, now []byte) (string, error) {
	if string(old) == string(now) {
		return "", nil
	}
	from := header("a/" + name)
	if old == nil {
		from = "/dev/null"
	}
	edits := udiff.Lines(string(old), string(now))
	text, err := udiff.ToUnified(from, header("b/"+name), string(old), edits, udiff.DefaultContextLines)
	if err != nil {
		return "", fmt.Errorf("comparing the two versions of %s: %w", name, err)
	}
	return text, nil
}

// header is a file name as patch reads it: in the quotes of C where it holds
// what would end a name there. GNU diffutils manual, "File Names".
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
