//go:build unix

package store

import (
	"io/fs"
	"os"
	"syscall"
)

// ours says that a directory is this user's, and nobody else can write to it.
func ours(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}

// private says that nobody but this user can read a file.
func private(info fs.FileInfo) bool { return ours(info) && info.Mode().Perm()&0o077 == 0 }
