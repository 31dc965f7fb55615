package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tare-oci/tare/analyze/atomicfile"
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

// inProject follows the links in a name to where its file is, or would be made. A
// link that leads out of the project is an error: a checkout is written by others,
// and what lies elsewhere is not theirs to have edited. Links on the way to the
// project are the user's own.
func inProject(name string) (string, error) {
	rest, at, err := walkFrom(name)
	if err != nil {
		return "", err
	}
	for part, more := nextPart(&rest); more; part, more = nextPart(&rest) {
		if part == ".." {
			at = filepath.Dir(at)
			continue
		}
		here := filepath.Join(at, part)
		info, err := os.Lstat(here)
		if errors.Is(err, fs.ErrNotExist) && rest == "" {
			return here, nil
		}
		if err != nil {
			return "", bare(err)
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = here
			continue
		}
		target, err := filepath.EvalSymlinks(here)
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("%s is a link that leads nowhere; repair or remove it", here)
		}
		if err != nil {
			return "", bare(err)
		}
		if leavesProject(at, target, rest == "") {
			return "", fmt.Errorf("%s is a link that leads out of the project, to %s; name the file there with -f", here, target)
		}
		at = target
	}
	return at, nil
}

// walkFrom splits a name into the directory where it starts, without links, and the
// parts that follow. nextPart takes the next one.
func walkFrom(name string) (rest, at string, err error) {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		at = filepath.VolumeName(name) + string(filepath.Separator)
		return strings.TrimPrefix(name, at), at, nil
	}
	working, err := os.Getwd()
	if err == nil {
		at, err = filepath.EvalSymlinks(working)
	}
	return name, at, err
}

func nextPart(rest *string) (part string, more bool) {
	for *rest != "" {
		part, *rest, _ = strings.Cut(*rest, string(filepath.Separator))
		*rest = strings.TrimLeft(*rest, string(filepath.Separator))
		if part != "" && part != "." {
			return part, true
		}
	}
	return "", false
}

// leavesProject reports whether a link in a directory leads out of the project that
// the directory is in. Where no .git tells how far that reaches, it is the
// directory for the file itself, and for a directory the working one, if the link
// is in there.
func leavesProject(dir, target string, last bool) bool {
	root, found := projectRoot(dir)
	if !found && !last {
		working, err := os.Getwd()
		if err == nil {
			working, err = filepath.EvalSymlinks(working)
		}
		if err != nil || !within(working, dir) {
			return false
		}
		root = working
	}
	return !within(root, target)
}

// projectRoot is the nearest directory that holds .git, from one without links
// upwards; where there is none, the one it began with.
func projectRoot(dir string) (root string, found bool) {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at, true
		}
		if at == filepath.Dir(at) {
			return dir, false
		}
	}
}

func within(dir, name string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && filepath.IsLocal(rel)
}

// bare is an error without the name that the message has already.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
