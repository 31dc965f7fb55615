//go:build !unix

package store

import "io/fs"

// ours trusts the system: the directory for caches is the user's own there.
func ours(fs.FileInfo) bool { return true }

// private does, too.
func private(fs.FileInfo) bool { return true }
