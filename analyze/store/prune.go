package store

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze/atomicfile"
)

// Usage is how much the cache holds.
type Usage struct {
	Dir     string
	Entries int
	Bytes   int64
	Limit   int64
}

// Usage counts the entries on disk.
func (s *Store) Usage() Usage {
	u := Usage{Dir: s.dir, Limit: s.limit}
	for _, f := range s.files() {
		u.Entries++
		u.Bytes += f.size
	}
	return u
}

// abandoned is how old a file must be that a process left half-written before it
// is taken away.
const abandoned = time.Hour

// Prune removes the entries that were not used for longest until at most keep
// bytes are left, and what processes that were ended left half-written. It
// returns how many entries and bytes went. Who keeps nothing is not reminded of the
// images that were looked at either. Two processes may prune at once.
func (s *Store) Prune(keep int64) (entries int, bytes int64) {
	if keep <= 0 {
		s.forget()
	}
	files := s.files()
	slices.SortFunc(files, func(a, b file) int { return b.used.Compare(a.used) })
	var kept int64
	for _, f := range files {
		if kept += f.size; kept <= keep {
			continue
		}
		if os.Remove(f.path) == nil {
			entries++
			bytes += f.size
		}
	}
	return entries, bytes
}

// Verify reads every entry and removes those that cannot be used. It returns how
// many are whole and how many went.
func (s *Store) Verify() (kept, removed int) {
	for _, f := range s.files() {
		if whole(f.path) {
			kept++
		} else if os.Remove(f.path) == nil {
			removed++
		}
	}
	return kept, removed
}

type file struct {
	path string
	size int64
	used time.Time
}

// files lists the entries. Nothing outside the cache's own two levels of directories
// is looked at, and no link is followed.
func (s *Store) files() []file {
	var all []file
	if trusted(s.dir) != nil {
		return nil
	}
	dirs, _ := os.ReadDir(filepath.Join(s.dir, "layers"))
	for _, dir := range dirs {
		if !dir.IsDir() {
			continue
		}
		dir := filepath.Join(s.dir, "layers", dir.Name())
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			path := filepath.Join(dir, e.Name())
			if !strings.HasPrefix(e.Name(), atomicfile.Prefix) {
				all = append(all, file{path, info.Size(), info.ModTime()})
			} else if time.Since(info.ModTime()) > abandoned {
				os.Remove(path)
			}
		}
	}
	return all
}
