package fix

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// TestCalls: a program with a subcommand, whatever options stand among its words.
func TestCalls(t *testing.T) {
	for _, test := range []struct {
		command, want string
		calls         bool
	}{
		{"dnf clean all", "dnf clean", true},
		{"dnf -y clean all", "dnf clean", true},
		{"dnf --quiet clean -y all", "dnf clean", true},
		{"pip cache purge", "pip cache purge", true},
		{"pip -q cache purge", "pip cache purge", true},
		{"dnf clean", "dnf clean", true},

		{"dnf cleaner", "dnf clean", false},
		{"dnf install clean", "dnf clean", false},
		{"dnf", "dnf clean", false},
		{"echo dnf clean all", "dnf clean", false},
		{"pip cache list", "pip cache purge", false},
		{"yum -y clean all", "dnf clean", false},
	} {
		run, err := rewrite.ParseRun("RUN " + test.command)
		if err != nil {
			t.Fatal(err)
		}
		if got := calls(run.Commands[0], test.want); got != test.calls {
			t.Errorf("%s: %s is %v, want %v", test.command, test.want, got, test.calls)
		}
	}
}
