package source

import (
	"os"
	"path/filepath"

	"github.com/tare-oci/tare/analyze/source/archive"
)

// IsImageDirectory reports whether a directory holds an image: a layout, a directory of
// skopeo's, or an archive that somebody unpacked.
func IsImageDirectory(dir string) bool {
	if archive.IsLayout(dir) {
		return true
	}
	for _, name := range []string{"manifest.json", "index.json", "repositories"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}
