//go:build unix

package builder

import (
	"os"
	"syscall"
)

// interruptGroup sends an interrupt to a program that was started apart and to all that it started,
// as a terminal's Ctrl+C does.
func interruptGroup(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGINT) }

// killGroup ends what is left of such a program's group.
func killGroup(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL) // mostly there is nothing left
}
