//go:build !linux && !darwin && !windows

package source

import (
	"io/fs"
	"os"
	"time"
)

// placeOf tells nothing: on these systems no file is trusted to be the one it was.
func placeOf(*os.File, fs.FileInfo) (place string, changed time.Time, ok bool) {
	return "", time.Time{}, false
}
