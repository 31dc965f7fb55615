// Package atomicfile writes files so that nobody ever sees a half-written one: the content
// goes to a temporary file in the same directory, which is renamed when it is complete. The
// whole program writes its files this way: reports, Dockerfiles and the cache.
//
//	err := atomicfile.CreateWhole("report.json", 0o666, data)
//
// No function follows a link in the last part of a name. Any number of processes may write
// the same file at once; the last one to finish wins.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

// Prefix begins the names of files that are being written. A file of such a name
// that is hours old was left by a process that was killed.
const Prefix = ".tare-new-"

// Options say what the file is to be like.
type Options struct {
	// Perm is the mode of a new file, before the umask.
	Perm fs.FileMode
	// Keep gives the new file the mode and the owner of the one it replaces.
	Keep bool
	// Sync waits until the content is on the disk.
	Sync bool
}

// Write writes a file. Whatever goes wrong, in write or here, the file stays as it
// was and nothing else is left behind.
//
// Where the owner is to be kept and only the superuser could, or where the file is
// the root of a mount, the whole new content is copied into the file as it is: what
// breaks that copy off, a full disk for example, is an error that leaves a part.
func Write(name string, o Options, write func(*os.File) error) (err error) {
	old, err := os.Lstat(name)
	keep := o.Keep && err == nil && old.Mode().IsRegular()
	if keep {
		if err := writable(name); err != nil {
			return err
		}
	}
	file, err := temporary(filepath.Dir(name), o.Perm)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	owned := true
	if keep {
		owned = sameOwner(file, old)
		if err := file.Chmod(old.Mode() & (fs.ModePerm | fs.ModeSetgid)); err != nil {
			return err
		}
	}
	if o.Sync {
		if err := file.Sync(); err != nil {
			return err
		}
	}
	if keep && !owned {
		return overwrite(name, file)
	}
	if err := file.Close(); err != nil {
		return err
	}
	err = os.Rename(file.Name(), name)
	if keep && errors.Is(err, syscall.EBUSY) {
		return reopened(name, file.Name())
	}
	return err
}

// Create writes a file that is not there yet; where one is, the error is
// [fs.ErrExist]. The file can be seen while it is written.
func Create(name string, perm fs.FileMode, write func(*os.File) error) (err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	err = write(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(name)
	}
	return err
}

// CreateWhole writes a file that is not there yet, such that nobody ever sees half
// of it. Where one is there already, even one that another process finished in the
// meantime, that one stays and the error is nil: whoever wants to know which of
// the two it is reads the file. A filesystem without hard links cannot tell; there
// the last one to finish wins.
func CreateWhole(name string, perm fs.FileMode, data []byte) error {
	file, err := temporary(filepath.Dir(name), perm)
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(data)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	err = os.Link(file.Name(), name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return os.Rename(file.Name(), name)
}

// temporary makes the file to write into. Its mode is the umask's to decide, which
// os.CreateTemp does not leave to it.
func temporary(dir string, perm fs.FileMode) (*os.File, error) {
	for range 1000 {
		name := filepath.Join(dir, fmt.Sprintf("%s%016x", Prefix, rand.Uint64()))
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm|0o600)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "create", Path: filepath.Join(dir, Prefix), Err: fs.ErrExist}
}

// writable is an error where the file may not be written to. To rename another in
// its place asks for rights to the directory alone.
func writable(name string) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return file.Close()
}

// overwrite copies what was written into the file itself, and removes the copy.
func overwrite(name string, from *os.File) error {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if closed := to.Close(); err == nil {
		err = closed
	}
	if err == nil {
		from.Close()
		err = os.Remove(from.Name())
	}
	return err
}

// reopened is overwrite for a file that was closed already.
func reopened(name, from string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	return overwrite(name, file)
}
