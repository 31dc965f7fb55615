package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// RemoveLeftovers takes away what processes left in a directory that were killed while
// they wrote: files of names that begin with Prefix and that nobody has written to for
// longer than age. What cannot be taken away stays.
func RemoveLeftovers(dir string, age time.Duration) {
	entries, _ := os.ReadDir(dir) // what is not there holds nothing
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), Prefix) || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > age {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
