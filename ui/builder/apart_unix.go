//go:build unix

package builder

import "syscall"

// apart starts a program in a process group of its own, which a terminal's Ctrl+C does
// not reach.
var apart = &syscall.SysProcAttr{Setpgid: true}
