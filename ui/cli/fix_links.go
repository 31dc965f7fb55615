package cli

import (
	"bytes"
	"cmp"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/ui/workspace"
)

// patchPlace is where patch -p1 has to run, and what it finds there. patch edits no
// links, so the names are those of the files that links lead to.
type patchPlace struct {
	dir          string // "" is the working directory
	file, ignore string // with slashes
}

// diff is the edits for patch -p1 in the working directory, or in the file's own
// where that does not lie below.
func (d *fixFile) diff(r *fix.Result) (string, error) {
	place := d.findPatchPlace(editsIgnore(r))
	return r.Diff(cmp.Or(place.file, d.name), cmp.Or(place.ignore, d.ignoreName))
}

// editsIgnore reports whether edits change the .dockerignore.
func editsIgnore(r *fix.Result) bool {
	return r.NewIgnore != nil && !bytes.Equal(r.OldIgnore, r.NewIgnore)
}

// findPatchPlace follows links to the Dockerfile, and to the .dockerignore where that is
// edited, too. One that leads nowhere or out of the project keeps its name: patch says what
// is wrong. Both fields are "" where the Dockerfile is no file here.
func (d *fixFile) findPatchPlace(ignores bool) patchPlace {
	if d.ignorePath == "" {
		return patchPlace{}
	}
	named := patchPlace{file: path.Join(d.dir, d.name), ignore: path.Join(d.dir, d.ignoreName)}
	if d.dir == "" {
		named.dir = filepath.Dir(d.path)
	}
	file, err := workspace.Target(d.path)
	if err != nil {
		return named
	}
	ignore := file
	if ignores {
		if ignore, err = workspace.Target(d.ignorePath); err != nil {
			ignore = filepath.Join(filepath.Dir(file), d.ignoreName)
		}
	}
	working, err := os.Getwd()
	if err == nil {
		working, err = filepath.EvalSymlinks(working)
	}
	if err != nil {
		return named
	}
	if found, ok := seenFrom(working, file, ignore); ok {
		return found
	}
	if info, err := os.Lstat(d.path); (err != nil || info.Mode()&fs.ModeSymlink == 0) && filepath.Dir(ignore) == filepath.Dir(file) {
		return named
	}
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if found, ok := seenFrom(dir, file, ignore); ok {
			found.dir = dir
			if near, err := filepath.Rel(working, dir); err == nil {
				found.dir = near
			}
			return found
		}
		if dir == filepath.Dir(dir) {
			return named
		}
	}
}

// seenFrom names two files as they are called in a directory. ok is false where one
// does not lie below it.
func seenFrom(dir, file, ignore string) (p patchPlace, ok bool) {
	names := [2]string{}
	for i, name := range []string{file, ignore} {
		seen, err := filepath.Rel(dir, name)
		if err != nil || !filepath.IsLocal(seen) {
			return p, false
		}
		names[i] = filepath.ToSlash(seen)
	}
	return patchPlace{file: names[0], ignore: names[1]}, true
}

// context is the directory that the Dockerfile is built with, as far as its instructions tell.
func (d *fixFile) context() string {
	if d.chosen != "" {
		return d.chosen
	}
	dir, _ := analyze.BuildContext(d.path, d.text)
	return dir
}
