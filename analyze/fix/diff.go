package fix

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/tare-oci/tare/analyze/history"
)

// Diff is the edits as a unified diff that "patch -p1" applies; "" where nothing
// changed. dockerfile and ignore are the files' names, with slashes, seen from
// the folder where patch is to run.
//
// Values of ARG and secrets are not among the lines around an edit: there the
// context is shorter. The lines that an edit writes anew stand as they are.
func (r *Result) Diff(dockerfile, ignore string) (string, error) {
	one, err := unified(dockerfile, r.Old, r.New, r.private())
	if err != nil {
		return "", err
	}
	two, err := unified(ignore, r.OldIgnore, r.NewIgnore, nil)
	return one + two, err
}

// private says of each line of the old Dockerfile whether it holds what is not
// to be shown.
func (r *Result) private() []bool {
	d, err := history.ParseDockerfile("", r.Old)
	if err != nil {
		// The report is from this very file, so it was parsed before.
		return nil
	}
	private := make([]bool, len(d.Lines))
	shown := d.Listing(r.mask.Text)
	for i, line := range d.Lines {
		private[i] = i < len(shown) && strings.TrimSpace(shown[i]) != strings.TrimSpace(line)
	}
	return private
}

// unified compares two versions of a file; old is nil where there was none.
func unified(name string, old, now []byte, private []bool) (string, error) {
	if string(old) == string(now) {
		return "", nil
	}
	from := header("a/" + name)
	if old == nil {
		from = "/dev/null"
	}
	d, err := udiff.ToUnifiedDiff(from, header("b/"+name), string(old), udiff.Lines(string(old), string(now)), udiff.DefaultContextLines)
	if err != nil {
		return "", fmt.Errorf("comparing the two versions of %s: %w", name, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", d.From, d.To)
	for _, h := range d.Hunks {
		for _, part := range without(h, private) {
			writeHunk(&b, part)
		}
	}
	return b.String(), nil
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
