package source

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// placeOf tells where a file lies (device and inode) and when it was last
// changed (ctime).
func placeOf(_ *os.File, info fs.FileInfo) (place string, changed time.Time, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", time.Time{}, false
	}
	return fmt.Sprintf("%d %d", s.Dev, s.Ino), time.Unix(s.Ctimespec.Unix()), true
}
