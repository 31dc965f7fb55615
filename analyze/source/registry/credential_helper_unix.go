//go:build unix

package registry

import (
	"os/exec"
	"syscall"
)

// ownGroup runs a command in a process group of its own, so that what the command
// has started ends with it.
func ownGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}
