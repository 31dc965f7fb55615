package fileid

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/Microsoft/go-winio"
)

// placeOf tells where a file lies (volume and file ID) and when it was last
// changed (ChangeTime, which NTFS keeps beside the time of the last write). File
// systems without such a time, as FAT, tell nothing.
func placeOf(file *os.File, _ fs.FileInfo) (at location, ok bool) {
	id, err := winio.GetFileID(file)
	if err != nil {
		return location{}, false
	}
	times, err := winio.GetFileBasicInfo(file)
	if err != nil || times.ChangeTime.HighDateTime == 0 {
		return location{}, false
	}
	return location{place: fmt.Sprintf("%x %x", id.VolumeSerialNumber, id.FileID), changed: time.Unix(0, times.ChangeTime.Nanoseconds())}, true
}

// stepHere is how long after a change of a file another one is sure to get another time.
func stepHere(*os.File) time.Duration { return fineStep }
