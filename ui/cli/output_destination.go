package cli

import (
	"os"
	"path/filepath"
	"strconv"
)

// destination is where an output ends up, whatever it is called: two names may be links to
// one file, which the second output would then overwrite.
type destination struct {
	name string      // without links; "" is standard output
	info os.FileInfo // of a file that is there, else nil
}

// destinationOf finds the destination of an output's file; "" is standard output. Where links
// cannot be followed, the name counts; writing will tell.
func destinationOf(file string) destination {
	if file == "" {
		return standardOutput()
	}
	target, fd, err := followLinks(file)
	switch {
	case err != nil:
		return destination{name: filepath.Clean(file)}
	case fd == 1:
		return standardOutput()
	case fd >= 0:
		return destination{name: "/dev/fd/" + strconv.Itoa(fd)}
	}
	p := destination{name: filepath.Clean(target)}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(target)); err == nil {
		if abs, err := filepath.Abs(dir); err == nil {
			p.name = filepath.Join(abs, filepath.Base(target))
		}
	}
	if info, err := os.Stat(target); err == nil && info.Mode().IsRegular() {
		p.info = info
	}
	return p
}

// standardOutput is the destination that is the standard output, and of the file that a shell
// may have redirected it to.
func standardOutput() destination {
	if info, err := os.Stdout.Stat(); err == nil && info.Mode().IsRegular() {
		return destination{info: info}
	}
	return destination{}
}

// same reports whether what is written to both would be written over each other.
func (p destination) same(other destination) bool {
	return p.name == other.name || p.info != nil && other.info != nil && os.SameFile(p.info, other.info)
}
