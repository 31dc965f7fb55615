package fix_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
)

// TestCleanupThatWasCommentedOut: where an edit writes the command that a comment line right behind
// the RUN has commented out, the line goes.
func TestCleanupThatWasCommentedOut(t *testing.T) {
	const run, end = "FROM debian:bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends git", "\nCMD [\"git\", \"daemon\"]\n"
	for _, test := range []struct {
		name, behind string
		want         string // of the lines behind the RUN
	}{
		{"the command", "\n    # vim nano\n#    && rm -rf /var/lib/apt/lists/*\n# more\n", "\n    # vim nano\n# more\n"},
		{"in the next paragraph", "\n\n# rm -rf /var/lib/apt/lists/*\n", "\n\n# rm -rf /var/lib/apt/lists/*\n"},
		{"another command", "\n# rm -rf /var/lib/apt/lists/* /tmp/*\n", "\n# rm -rf /var/lib/apt/lists/* /tmp/*\n"},
	} {
		edited, left := fixed(t, run+test.behind+strings.TrimPrefix(end, "\n"), fix.Options{})
		if want := run + " \\\n    && rm -rf /var/lib/apt/lists/*" + test.want + strings.TrimPrefix(end, "\n"); edited != want {
			t.Errorf("%s: got\n%s\nwant\n%s\n%s", test.name, edited, want, left)
		}
	}
}
