package report

import (
	"path"
	"path/filepath"
	"strings"
)

// Paths says how files are named to other programs: relative to a folder, with
// slashes, never by an absolute path.
type Paths struct {
	Folder string // that relative names start from; absolute
	Root   string // that they are told relative to, such as the repository's; absolute
}

// of names a file. One outside the root goes by its last name alone: where it is
// on this machine is nobody's business.
func (p Paths) of(file string) string {
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
		return path.Base(file)
	}
	return file
}
