package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Find looks for a project's settings in the current directory and those above it,
// up to the one that holds .git and no further; where none does, in the current
// directory alone. The nearest .tare.yaml is it or, where there is none, the
// nearest .dive-ci; "" where there is neither. The name is relative to the
// current directory.
//
// A file that belongs to another user is an error: who can write to a directory
// above this one must not decide what passes here, and to go on without it would
// be to pass by other limits than the project's.
func Find() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("looking for %s: %w; name a file with --config", Name, err)
	}
	return find(here, os.Geteuid())
}

func find(here string, user int) (string, error) {
	dirs := upToRepository(here)
	for _, dir := range dirs {
		wrong := filepath.Join(dir, wrongName)
		if _, err := os.Lstat(wrong); err == nil {
			if short, err := filepath.Rel(here, wrong); err == nil {
				wrong = short
			}
			return "", fmt.Errorf("%s is not read: the settings are called %s; rename it", wrong, Name)
		}
	}
	for _, kind := range []string{Name, DiveName} {
		for _, dir := range dirs {
			name := filepath.Join(dir, kind)
			switch there, err := usable(name, user); {
			case err != nil:
				return "", err
			case there:
				if short, err := filepath.Rel(here, name); err == nil {
					name = short
				}
				return name, nil
			}
		}
	}
	return "", nil
}

// wrongName is what a person may call the settings. To go on without them would be to pass
// by other limits than the project's.
const wrongName = ".tare.yml"

// upToRepository lists a directory and those above it, up to the one that holds
// .git, which is a directory or, in a worktree, a file.
func upToRepository(here string) []string {
	var dirs []string
	for at := here; ; at = filepath.Dir(at) {
		dirs = append(dirs, at)
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return dirs
		}
		if at == filepath.Dir(at) {
			return dirs[:1]
		}
	}
}

// usable reports whether a file is there, and is the user's own: both the file and,
// where the name is a link, the link.
func usable(name string, user int) (bool, error) {
	link, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, unreadable(name, err)
	}
	file, err := os.Stat(name)
	switch {
	case err != nil:
		return false, fmt.Errorf("%s is a link that leads nowhere; repair or remove it", name)
	case !file.Mode().IsRegular():
		return false, fmt.Errorf("%s is not a regular file; name one with --config, or remove it", name)
	case !ownedBy(link, user) || !ownedBy(file, user):
		return false, fmt.Errorf("%s belongs to another user, so tare does not read it unasked; name it with --config to use it", name)
	}
	return true, nil
}
