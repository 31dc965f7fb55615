package fix

import (
	"strings"

	"github.com/tare-oci/tare/analyze/fix/unified"
	"github.com/tare-oci/tare/analyze/history"
)

// Diff returns the edits as a unified diff that "patch -p1" applies, "" where nothing changed.
// dockerfile and ignore are the names of the two files, with slashes, seen from the directory
// where patch is to run.
//
// Lines that hold values of ARG or secrets are left out of the context around an edit. Lines
// that an edit writes anew are shown as they are.
func (r *Result) Diff(dockerfile, ignore string) (string, error) {
	one, err := unified.Diff(dockerfile, r.Old, r.New, r.private())
	if err != nil {
		return "", err
	}
	two, err := unified.Diff(ignore, r.OldIgnore, r.NewIgnore, nil)
	return one + two, err
}

// private reports for each line of the old Dockerfile whether the line holds a value that must
// not be shown. It returns nil where the file cannot be parsed.
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
