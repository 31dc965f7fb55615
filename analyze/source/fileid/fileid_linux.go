package fileid

import (
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// localFileSystems are those whose times this kernel's own clock gives. A server's clock may
// have longer steps, so files that come over a network wait for fineStep.
var localFileSystems = map[int64]bool{
	unix.EXT4_SUPER_MAGIC: true, unix.XFS_SUPER_MAGIC: true, unix.BTRFS_SUPER_MAGIC: true, unix.F2FS_SUPER_MAGIC: true,
	unix.TMPFS_MAGIC: true, unix.OVERLAYFS_SUPER_MAGIC: true,
}

// kernelStep is twice the step of the kernel's clock that times of change are taken from,
// which is 1 to 10 ms. Twice, because a tick may come late.
var kernelStep = sync.OnceValue(func() time.Duration {
	var step unix.Timespec
	if unix.ClockGetres(unix.CLOCK_REALTIME_COARSE, &step) != nil || time.Duration(step.Nano()) < time.Millisecond {
		return fineStep
	}
	return min(2*time.Duration(step.Nano()), fineStep)
})

// stepHere is how long after a change of a file another one is sure to get another time.
func stepHere(file *os.File) time.Duration {
	var about syscall.Statfs_t
	if syscall.Fstatfs(int(file.Fd()), &about) != nil {
		return fineStep
	}
	kind := int64(about.Type) //nolint:unconvert // Type has 32 bits on other machines
	if !localFileSystems[kind] {
		return fineStep
	}
	return kernelStep()
}

// placeOf tells where a file lies (device and inode), how many names it has, and
// when it was last changed (ctime).
func placeOf(_ *os.File, info fs.FileInfo) (at location, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return location{}, false
	}
	return location{fmt.Sprintf("%d %d", s.Dev, s.Ino), fmt.Sprint(s.Nlink), time.Unix(s.Ctim.Unix())}, true
}
