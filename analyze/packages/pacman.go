package packages

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// pacmanLocal has a directory NAME-VERSION for each package, with the files desc and
// files. alpmVersion stands beside them once pacman has worked there.
const (
	pacmanLocal = "var/lib/pacman/local/"
	alpmVersion = pacmanLocal + "ALPM_DB_VERSION"
)

func wantsPacman(name string) bool {
	rest, in := strings.CutPrefix(name, pacmanLocal)
	if !in {
		return false
	}
	_, base, _ := strings.Cut(rest, "/")
	return base == "desc" || base == "files" || name == alpmVersion
}

// pacmanSection is a part of desc or files: a heading such as %DEPENDS% and the lines
// below it, up to an empty one.
func pacmanSections(text []byte) iter.Seq2[string, [][]byte] {
	return func(yield func(string, [][]byte) bool) {
		for len(text) > 0 {
			block, rest, _ := bytes.Cut(text, []byte("\n\n"))
			text = bytes.TrimLeft(rest, "\n")
			lines := bytes.Split(bytes.TrimSpace(block), []byte("\n"))
			head := string(bytes.TrimSpace(lines[0]))
			if len(head) > 2 && head[0] == '%' && head[len(head)-1] == '%' && !yield(head, lines[1:]) {
				return
			}
		}
	}
}

// pacmanPackage is what desc says.
type pacmanPackage struct {
	Package
	said     asked
	optional []string // names of what it can use
}

// readPacman reads pacman's local database. Where a package's desc is damaged or
// missing, the name of its directory tells the package, and a note says so.
func readPacman(d *Database, f Files) (notes []string, err error) {
	var damaged, unlisted []string
	var said []asked
	relations := 0
	suggests := make(map[int][]string)
	for _, dir := range pacmanDirectories(f) {
		p := readPacmanDesc(f[pacmanLocal+dir+"/desc"])
		if p.Name == "" || p.Version == "" {
			damaged = append(damaged, dir)
			p = pacmanPackage{said: unsaid}
			p.Name, p.Version = splitPacman(dir)
		}
		list, listed := f[pacmanLocal+dir+"/files"]
		if !listed || len(bytes.TrimSpace(list)) > 0 && !bytes.HasPrefix(list, []byte("%")) {
			unlisted = append(unlisted, dir)
		}
		relations += len(p.depends) + len(p.provides) + len(p.optional)
		if len(said) == maxPackages || relations > maxApkRelations {
			err = fmt.Errorf("more than %d packages or %d relations", maxPackages, maxApkRelations)
			break
		}
		p.Manager, p.State, p.Reason, p.row, p.files = Pacman, Installed, Unknown, len(said), pacmanFiles(list)
		suggests[p.row] = p.optional
		said = append(said, p.said)
		d.Packages = append(d.Packages, p.Package)
	}
	if len(said) == 0 {
		if _, used := f[alpmVersion]; used {
			notes = append(notes, "pacman: "+pacmanLocal+" lists no packages")
		}
		return notes, err
	}
	notes = append(notes, those("pacman: the file desc is damaged or missing for %s, so their names are those of their directories", damaged)...)
	notes = append(notes, those("pacman: the list of files is damaged or missing for %s, so tare cannot tell which files belong to them", unlisted)...)
	whole := err == nil && len(damaged) == 0
	d.explain = append(d.explain, func() []string {
		rest := Orphan
		if !whole {
			rest = Unknown // it may be what the damaged ones need
		}
		d.explainAsked(Pacman, said, rest)
		d.explainWished(Pacman, Suggested, func(p *Package) []string { return suggests[p.row] })
		return nil
	})
	return notes, err
}

// pacmanDirectories lists the packages' directories in byte order.
func pacmanDirectories(f Files) []string {
	var dirs []string
	for _, name := range under(f, pacmanLocal) {
		if dir, _, ok := strings.Cut(name[len(pacmanLocal):], "/"); ok {
			dirs = append(dirs, dir)
		}
	}
	return slices.Compact(dirs)
}

func readPacmanDesc(text []byte) (p pacmanPackage) {
	p.said = byName // what was asked for has no reason, or 0
	for head, lines := range pacmanSections(text) {
		first := ""
		if len(lines) > 0 {
			first = string(bytes.TrimSpace(lines[0]))
		}
		switch head {
		case "%NAME%":
			p.Name = first
		case "%VERSION%":
			p.Version = first
		case "%ARCH%":
			p.Arch = first
		case "%BASE%":
			p.Source = first
		case "%REASON%":
			switch first {
			case "0":
			case "1":
				p.said = byNobody
			default:
				p.said = unsaid // 2 stands for unknown
			}
		case "%DEPENDS%":
			p.depends = pacmanNames(lines)
		case "%PROVIDES%":
			p.provides = pacmanNames(lines)
		case "%OPTDEPENDS%":
			p.optional = pacmanNames(lines)
		}
	}
	return p
}

// pacmanNames takes what follows a name off each line: "glibc>=2.38", "libz.so=1-64",
// "python: for the scripts".
func pacmanNames(lines [][]byte) []string {
	names := make([]string, 0, len(lines))
	for _, line := range lines {
		name, _, _ := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		if end := bytes.IndexAny(name, "<>= \t"); end >= 0 {
			name = name[:end]
		}
		if len(name) > 0 {
			names = append(names, string(name))
		}
	}
	return names
}

// splitPacman takes a directory's name apart, NAME-VERSION-RELEASE.
func splitPacman(dir string) (name, version string) {
	release := strings.LastIndexByte(dir, '-')
	if release > 0 {
		if at := strings.LastIndexByte(dir[:release], '-'); at > 0 {
			return dir[:at], dir[at+1:]
		}
	}
	return dir, ""
}

// pacmanFiles yields what a package owns; directories end in a slash, and their
// contents follow them.
func pacmanFiles(text []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		in := false
		for line := range bytes.Lines(text) {
			line = bytes.TrimRight(line, "\r\n")
			switch {
			case len(line) == 0:
				in = false
			case line[0] == '%':
				in = string(line) == "%FILES%"
			case in && line[len(line)-1] != '/':
				if name := clean(string(line)); name != "" && !yield(name) {
					return
				}
			}
		}
	}
}

// those is a note about packages, no note if there are none: as many of their names as a
// person would read.
func those(format string, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	const shown = 3
	list := strings.Join(names[:min(shown, len(names))], ", ")
	if more := len(names) - shown; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return []string{fmt.Sprintf(format, list)}
}
