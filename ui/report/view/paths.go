package view

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Paths says how files are named to other programs: relative to a directory, with
// slashes, never by an absolute path.
type Paths struct {
	Dir  string // the directory that relative names start from; absolute
	Root string // the directory they are told relative to, such as the repository's; absolute
}

// Of returns the name of a file. A file outside of the root goes by its last name
// alone, since where it is on this machine concerns no other program. What names
// no file, as a report that was saved elsewhere may, is called Dockerfile.
func (p Paths) Of(file string) string {
	if windows := len(file) > 2 && file[1] == ':' && (file[2] == '\\' || file[2] == '/'); windows && !filepath.IsAbs(file) {
		return path.Base(strings.ReplaceAll(file, `\`, "/")) // a report made on another system
	}
	if p.Dir != "" && p.Root != "" {
		whole := file
		if !filepath.IsAbs(whole) {
			whole = filepath.Join(p.Dir, whole)
		}
		if rel, err := filepath.Rel(p.Root, whole); err == nil {
			file = rel
		}
	}
	file = path.Clean(filepath.ToSlash(file))
	if path.IsAbs(file) || filepath.IsAbs(file) || file == ".." || strings.HasPrefix(file, "../") {
		file = path.Base(file)
	}
	if file == "." || file == ".." || file == "/" {
		return "Dockerfile"
	}
	return file
}

// Within returns a note in which the report's Dockerfile is named as Of does.
func (p Paths) Within(note string, r *model.Report) string {
	if r.Dockerfile == nil || !filepath.IsAbs(r.Dockerfile.File) {
		return note
	}
	return strings.ReplaceAll(note, r.Dockerfile.File, p.Of(r.Dockerfile.File))
}
