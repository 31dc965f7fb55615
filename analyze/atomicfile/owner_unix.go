//go:build unix

package atomicfile

import (
	"io/fs"
	"os"
	"syscall"
)

// sameOwner gives a file the owner and the group of another, and reports whether it
// has them now.
func sameOwner(file *os.File, other fs.FileInfo) bool {
	want, ok := other.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	now, err := file.Stat()
	if err != nil {
		return false
	}
	if has, ok := now.Sys().(*syscall.Stat_t); ok && has.Uid == want.Uid && has.Gid == want.Gid {
		return true
	}
	return file.Chown(int(want.Uid), int(want.Gid)) == nil
}
