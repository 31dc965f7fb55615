// Package checkout finds files of a project by name, and follows no link out of it: a checkout is
// written by others, and what lies elsewhere is not theirs to have read or edited.
//
//	target, err := checkout.Follow("docker/Dockerfile")
//
// The project is the repository that a file lies in. Where there is none, it is the file's own
// directory, and for a directory the working one. The package keeps no state.
package checkout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LinkError is a link in a checkout that leads out of it.
type LinkError struct {
	Link   string // its path
	Target string // where it leads, without further links
}

func (e *LinkError) Error() string {
	return fmt.Sprintf("%s is a link that leads out of the project, to %s", e.Link, e.Target)
}

// Follow follows the links in a name to where its file is, or would be made. A link that
// leads out of the project is a [*LinkError]. Links on the way to the project are the
// user's own.
func Follow(name string) (string, error) {
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
			return "", &LinkError{here, target}
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
	root, found := Root(dir)
	if !found && !last {
		working, err := os.Getwd()
		if err == nil {
			working, err = filepath.EvalSymlinks(working)
		}
		if err != nil || !Within(working, dir) {
			return false
		}
		root = working
	}
	return !Within(root, target)
}

// Root is the nearest directory that holds .git, from one without links
// upwards; where there is none, the one it began with.
func Root(dir string) (root string, found bool) {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at, true
		}
		if at == filepath.Dir(at) {
			return dir, false
		}
	}
}

// Within reports whether a path is a directory or lies in it. Both are absolute, or both start at the
// same place; neither goes through links.
func Within(dir, name string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && filepath.IsLocal(rel)
}

// bare is an error without the name that the caller's message has already.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
