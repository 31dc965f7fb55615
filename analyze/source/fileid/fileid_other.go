//go:build !linux && !darwin && !windows

package fileid

import (
	"io/fs"
	"os"
)

// placeOf tells nothing: on these systems no file is trusted to be the one it was.
func placeOf(*os.File, fs.FileInfo) (at location, ok bool) {
	return location{}, false
}
