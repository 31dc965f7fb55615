//go:build !unix

package cache

import "io/fs"

// ours trusts the system: the folder for caches is the user's own there.
func ours(fs.FileInfo) bool { return true }

// private does, too.
func private(fs.FileInfo) bool { return true }

// FileKey is "": a file's identity does not show in what the system says of it.
func FileKey(fs.FileInfo, int64, int64) string { return "" }
