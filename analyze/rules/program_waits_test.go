package rules_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
)

// TestWaits: a container that somebody is to come into runs no service.
func TestWaits(t *testing.T) {
	for _, test := range []struct {
		entrypoint, cmd []string
		want            bool
	}{
		{[]string{"tail", "-f", "/dev/null"}, nil, true},
		{nil, []string{"sleep", "infinity"}, true},
		{nil, []string{"/bin/sh", "-c", "sleep 100000"}, true},
		{nil, []string{"/bin/sh", "-c", "while true; do sleep 1000; done"}, true},
		{[]string{"tini", "--"}, []string{"sleep", "infinity"}, true},
		{nil, []string{"cat"}, true},

		{nil, []string{"bash"}, false}, // runs no service either, but it does not wait
		{nil, []string{"tail", "-f", "/var/log/x.log"}, false},
		{nil, []string{"/bin/sh", "-c", "service nginx start && tail -f /dev/null"}, false},
		{nil, []string{"cat", "/etc/motd"}, false},
		{[]string{"/entry.sh"}, []string{"sleep", "infinity"}, false},
		{nil, []string{"/app"}, false},
		{nil, nil, false},
	} {
		b := &rules.Build{Entrypoint: test.entrypoint, Cmd: test.cmd}
		if got := b.Waits(); got != test.want {
			t.Errorf("%q %q waits: %v, want %v", test.entrypoint, test.cmd, got, test.want)
		}
		if test.want && b.RunsService() {
			t.Errorf("%q %q runs a service", test.entrypoint, test.cmd)
		}
	}
}
