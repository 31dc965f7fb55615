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
	Folder string // that relative names start from; absolute
	Root   string // that they are told relative to, such as the repository's; absolute
}

// Of names a file. One outside the root goes by its last name alone: where it is
// on this machine is nobody's business. What names no file, as a saved report of
// somebody else's may, is called Dockerfile.
func (p Paths) Of(file string) string {
	if windows := len(file) > 2 && file[1] == ':' && (file[2] == '\\' || file[2] == '/'); windows && !filepath.IsAbs(file) {
		return path.Base(strings.ReplaceAll(file, `\`, "/")) // a report made on another system
	}
	if p.Folder != "" && p.Root != "" {
		whole := file
		if !filepath.IsAbs(whole) {
			whole = filepath.Join(p.Folder, whole)
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

// Within names the report's Dockerfile in a note as of does.
func (p Paths) Within(note string, r *model.Report) string {
	if r.Dockerfile == nil || !filepath.IsAbs(r.Dockerfile.File) {
		return note
	}
	return strings.ReplaceAll(note, r.Dockerfile.File, p.Of(r.Dockerfile.File))
}
