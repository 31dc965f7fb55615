package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/tare-oci/tare/analyze/atomicfile"
)

// writeOutput writes the file of an -o as a shell's redirection would, but such that
// nobody ever sees half of it. A link stays one: the file that it leads to is
// written. An open descriptor (/dev/stdout), a pipe or a device is written to as it
// is. A file that is there keeps its mode and owner; a new one has those that the
// umask leaves.
func writeOutput(name string, write func(*os.File) error) error {
	target, fd, err := followLinks(name)
	if err != nil {
		return notWritten(name, err)
	}
	if fd >= 0 {
		open, err := openDescriptor(fd, name)
		if err != nil {
			return notWritten(name, err)
		}
		return write(open)
	}
	info, err := os.Stat(target)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("writing %s: it is a directory; name a file in it", name)
	case err == nil && !info.Mode().IsRegular():
		return writeDevice(name, write)
	}
	if _, err := os.Stat(filepath.Dir(target)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("writing %s: the directory %s does not exist; make it first", name, filepath.Dir(target))
	}
	if err := atomicfile.Write(target, atomicfile.Options{Perm: 0o666, Keep: true}, write); err != nil {
		return notWritten(name, err)
	}
	return nil
}

// writeDevice writes to what is there and is no file.
func writeDevice(name string, write func(*os.File) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return notWritten(name, err)
	}
	err = write(f)
	if closed := f.Close(); err == nil && closed != nil {
		err = notWritten(name, closed)
	}
	return err
}

// maxLinks is how many links may lead from one to the next, as in the kernel.
const maxLinks = 40

// followLinks follows the links that a name is until something else comes: the name
// of a file, which need not be there yet, or a descriptor of this process, fd (-1 for
// none). A descriptor has to be used as it is, since its file has a position, and
// possibly no name any more.
func followLinks(name string) (target string, fd int, err error) {
	for range maxLinks {
		if fd, ok := descriptor(name); ok {
			return name, fd, nil
		}
		info, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return name, -1, nil
		}
		if err != nil {
			return "", -1, err
		}
		to, err := os.Readlink(name)
		if err != nil {
			return "", -1, err
		}
		if !filepath.IsAbs(to) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(name))
			if err != nil {
				return "", -1, err
			}
			to = filepath.Join(dir, to)
		}
		name = to
	}
	return "", -1, errors.New("too many levels of symbolic links")
}

// descriptor is the number in a name that means an open descriptor of this process.
func descriptor(name string) (int, bool) {
	if runtime.GOOS == "windows" {
		return 0, false
	}
	switch name {
	case "/dev/stdout":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	dir, number := filepath.Split(name)
	switch dir {
	case "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/", "/proc/" + strconv.Itoa(os.Getpid()) + "/fd/":
		n, err := strconv.Atoi(number)
		return n, err == nil && n >= 0 && strconv.Itoa(n) == number
	}
	return 0, false
}

func openDescriptor(fd int, name string) (*os.File, error) {
	switch fd {
	case 1:
		return os.Stdout, nil
	case 2:
		return os.Stderr, nil
	}
	f := os.NewFile(uintptr(fd), name)
	if f == nil {
		return nil, fs.ErrNotExist
	}
	_, err := f.Stat()
	return f, err
}

// notWritten is an error with the name that the user gave, not with that of the
// file beside it.
func notWritten(name string, err error) error {
	next := "make room, or write elsewhere"
	switch {
	case errors.Is(err, fs.ErrPermission):
		next = "choose another dir or file"
	case errors.Is(err, fs.ErrNotExist):
		next = "choose a file that can be made"
	}
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("writing %s: %w; %s", name, err, next)
}
