//go:build unix

package analyze_test

import (
	"syscall"
	"testing"
)

// cpuTime is how long processors have worked for this process, in nanoseconds.
func cpuTime(t *testing.T) int64 {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
