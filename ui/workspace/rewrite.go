package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/analyze/checkout"
	"github.com/tare-oci/tare/ui/tui/act"
)

// ErrChanged is part of an error where a file is no longer what was read.
var ErrChanged = act.ErrChanged

// Rewrite is a file that gets other content.
type Rewrite struct {
	Name     string // as the user named it
	Old, New []byte // Old is nil where there was no such file; a nil New removes it

	target string // where it is
}

// Write rewrites files. All are looked at before the first is written, and none is
// where one is no longer what was read, or lies outside the project. Each is whole
// at every moment; a link stays one, and a file keeps its mode and its owner.
func Write(all []Rewrite) error {
	for i := range all {
		if err := all[i].check(); err != nil {
			return err
		}
	}
	for i := range all {
		if err := all[i].write(); err != nil {
			return err
		}
	}
	return nil
}

// check finds the file and holds that it is still what was read.
func (w *Rewrite) check() (err error) {
	if w.target, err = inProject(w.Name); err != nil {
		return fmt.Errorf("writing %s: %w", w.Name, err)
	}
	if info, err := os.Stat(w.target); err == nil && info.Mode()&0o222 == 0 {
		return fmt.Errorf("writing %s: it is read-only; allow writing to it first", w.Name)
	}
	held, err := os.ReadFile(w.target)
	if w.Old == nil && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || w.Old == nil || !bytes.Equal(held, w.Old) {
		return fmt.Errorf("writing %s: %w", w.Name, ErrChanged)
	}
	return nil
}

// write replaces the content.
func (w *Rewrite) write() error {
	if w.New == nil {
		if err := os.Remove(w.target); err != nil {
			err = bare(err)
			if errors.Is(err, fs.ErrPermission) {
				err = fmt.Errorf("%w; %s", err, w.advice(err))
			}
			return fmt.Errorf("removing %s: %w", w.Name, err)
		}
		return nil
	}
	err := atomicfile.Write(w.target, atomicfile.Options{Perm: 0o666, Keep: true, Sync: true}, func(to *os.File) error {
		_, err := to.Write(w.New)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing %s: %w; %s", w.Name, bare(err), w.advice(err))
	}
	return nil
}

// advice says what to do about an error of writing.
func (w *Rewrite) advice(err error) string {
	var path *fs.PathError
	switch {
	case !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS):
		return "make room, or write elsewhere"
	case errors.As(err, &path) && path.Path == w.target:
		return "allow writing to it first"
	}
	return fmt.Sprintf("the directory %s has to be writable", filepath.Dir(w.target))
}

// Target returns the file that Write would write under a name, without links: an
// absolute name.
func Target(name string) (string, error) {
	target, err := inProject(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(target)
}

// inProject follows the links in a name to where its file is, or would be made; out of the project,
// an edit is not wanted.
func inProject(name string) (string, error) {
	target, err := checkout.Follow(name)
	var link *checkout.LinkError
	if errors.As(err, &link) {
		return "", fmt.Errorf("%w; name the file there with -f", err)
	}
	return target, err
}

// bare is an error without the name that the message has already.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
