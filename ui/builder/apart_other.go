//go:build !unix

package builder

import "syscall"

// apart is empty where there are no process groups.
var apart *syscall.SysProcAttr
