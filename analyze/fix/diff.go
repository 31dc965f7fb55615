package fix

import (
	"strings"

	"github.com/tare-oci/tare/analyze/fix/unified"
	"github.com/tare-oci/tare/analyze/history"
)

// Diff is the edits as a unified diff that "patch -p1" applies; "" where nothing
// changed. dockerfile and ignore are the files' names, with slashes, seen from
// the folder where patch is to run.
//
// Values of ARG and secrets are not among the lines around an edit: there the
// context is shorter. The lines that an edit writes anew stand as they are.
func (r *Result) Diff(dockerfile, ignore string) (string, error) {
	one, err := unified.Diff(dockerfile, r.Old, r.New, r.private())
	if err != nil {
		return "", err
	}
	two, err := unified.Diff(ignore, r.OldIgnore, r.NewIgnore, nil)
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
