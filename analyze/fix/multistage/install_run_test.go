package multistage

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// TestLongInstalls: a list of packages that is too long for a line is broken between names, and means
// the same.
func TestLongInstalls(t *testing.T) {
	long := strings.Repeat(" libsomething1.74.0", 9)
	for run, breaks := range map[string]bool{
		"RUN apt-get update \\\n && apt-get install -y" + long + " \\\n && rm -rf /var/lib/apt/lists/*": true,
		"RUN apt-get update && apt-get install -y" + long:                                               true,
		"RUN apt-get update && apt-get install -y libsomething1.74.0":                                   false,
		"RUN apt-get update && apt-get install -y \"$A" + long + "\"":                                   false,
	} {
		got := wrapInstalls(run)
		was, err := rewrite.ParseRun(run)
		now, failed := rewrite.ParseRun(got)
		if err != nil || failed != nil || len(was.Commands) != len(now.Commands) || now.Commands[1].Source() == "" || len(now.Commands[1].Words) != len(was.Commands[1].Words) {
			t.Errorf("%s\nbecomes\n%s", run, got)
		}
		for line := range strings.Lines(got) {
			if breaks && len(line) > rewrite.MaxColumns+1 {
				t.Errorf("a line of %d columns: %s", len(line), line)
			}
		}
		if !breaks && got != run {
			t.Errorf("%s\nbecomes\n%s", run, got)
		}
	}
}
