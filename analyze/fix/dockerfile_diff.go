package fix

import (
	"regexp"
	"strings"
	"sync"

	"github.com/tare-oci/tare/analyze/fix/unified"
	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/redact"
)

// Diff returns the edits as a unified diff that "patch -p1" applies, "" where nothing changed.
// dockerfile and ignore are the names of the two files, with slashes, seen from the directory
// where patch is to run.
//
// Lines that hold values of ARG or secrets are left out of the context around an edit, but for
// values that can be no secret. Lines that an edit writes anew are shown as they are.
func (r *Result) Diff(dockerfile, ignore string) (string, error) {
	one, err := unified.Diff(dockerfile, r.Old, r.New, r.private())
	if err != nil {
		return "", err
	}
	two, err := unified.Diff(ignore, r.OldIgnore, r.NewIgnore, nil)
	return one + two, err
}

// harmlessArgument matches an ARG whose value is a version, a path or a word that Dockerfiles
// have everywhere, and takes its name. git apply needs a line of context beside each edit, and such an ARG is what
// stands there most often. It is compiled when it is first asked for: it is long.
var harmlessArgument = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[ \t]*ARG[ \t]+([A-Za-z_][A-Za-z0-9_]*)=(["']?)(?:[0-9]{1,5}|v?[0-9]{1,4}(?:\.[0-9]{1,4}){1,3}|/[a-z]{1,12}(?:/[a-z]{1,12}){0,4}` +
		`|noninteractive|true|false|yes|no|on|off|latest|stable|slim|linux|amd64|arm64|x86_64|aarch64|debian|ubuntu|alpine|buster|bullseye|bookworm|trixie|focal|jammy|noble|production|development|release|debug|root|UTC|C|C\.UTF-8|en_US\.UTF-8)(["']?)[ \t]*\r?$`)
})

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
		private[i] = i < len(shown) && strings.TrimSpace(shown[i]) != strings.TrimSpace(line) && !r.isHarmless(line)
	}
	return private
}

// isHarmless reports whether a line is an ARG whose value can be no secret.
func (r *Result) isHarmless(line string) bool {
	argument := harmlessArgument().FindStringSubmatch(line)
	return argument != nil && !redact.MayNameSecret(argument[1]) && r.mask.Text(line) == line
}
