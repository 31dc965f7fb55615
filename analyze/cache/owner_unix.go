//go:build unix

package cache

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// ours says that a folder is this user's, and nobody else can write to it.
func ours(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}

// private says that nobody but this user can read a file.
func private(info fs.FileInfo) bool { return ours(info) && info.Mode().Perm()&0o077 == 0 }

// FileKey is the key of a layer that was read in place: size bytes at offset of
// a file. Whoever changes the file changes its key, unless they set its time of
// change back, which takes the user's own rights. "" where the file cannot be
// told from others.
func FileKey(info fs.FileInfo, offset, size int64) string {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("file %d %d %d %d %d+%d", s.Dev, s.Ino, info.Size(), info.ModTime().UnixNano(), offset, size)
}
