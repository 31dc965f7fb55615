package language

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// What Python's installers leave, by the specification "Recording installed projects" of the
// Python packaging user guide: a directory NAME-VERSION.dist-info beside the modules, with
// METADATA (RFC 822), RECORD (CSV: path, hash, size; the paths relative to the directory that
// dist-info lies in) and, since pip 20.2, an empty file REQUESTED if somebody asked for it by
// name. setuptools left NAME-VERSION.egg-info before, with PKG-INFO, installed-files.txt and
// top_level.txt, or as one file that is a PKG-INFO.
const (
	metadata       = "METADATA"
	record         = "RECORD"
	requested      = "REQUESTED"
	pkgInfo        = "PKG-INFO"
	installedFiles = "installed-files.txt"
	topLevel       = "top_level.txt"
)

func looksPython(name string) *look {
	dir, base := path.Split(name)
	switch base {
	case metadata, record:
		if strings.HasSuffix(dir, ".dist-info/") {
			if base == record {
				return upTo(MaxSize, Pip, lookRecord)
			}
			return upTo(MaxSize, Pip, lookMetadata)
		}
	case pkgInfo:
		if strings.HasSuffix(dir, ".egg-info/") || strings.HasSuffix(dir, ".egg/EGG-INFO/") {
			return upTo(MaxSize, Pip, lookMetadata)
		}
	case installedFiles, topLevel:
		if strings.HasSuffix(dir, ".egg-info/") || base == topLevel && strings.HasSuffix(dir, ".dist-info/") {
			return upTo(MaxSize, Pip, lookLines)
		}
	default:
		switch path.Ext(base) {
		case ".egg-info":
			return upTo(MaxSize, Pip, lookMetadata)
		case eggLink:
			return upTo(MaxSize, Pip, lookEggLink)
		}
	}
	return nil
}

// eggLink ends the name of a file with which setuptools installs a project from where its sources
// are; its first line is the directory.
const eggLink = ".egg-link"

func lookEggLink(_ string, content []byte) (Found, bool) {
	dir, _, _ := strings.Cut(string(content), "\n")
	dir = strings.TrimSpace(dir)
	return Found{Pip, []Row{{Dir: dir}}}, path.IsAbs(dir)
}

// isSource reports whether an egg-info directory lies among a project's sources, where building
// leaves it, and no egg-link says that it is installed from there.
func isSource(home string, linked map[string]bool, exists Exists) bool {
	switch path.Base(home) {
	case "site-packages", "dist-packages":
		return false
	}
	if linked[home] {
		return false
	}
	for _, dir := range []string{home, path.Dir(home)} {
		for _, file := range []string{"setup.py", "setup.cfg", "pyproject.toml"} {
			if exists(path.Join(dir, file)) {
				return true
			}
		}
		if path.Base(home) != "src" {
			break
		}
	}
	return false
}

// lookMetadata reads the headers of a METADATA or PKG-INFO. As in Python, the case of a key does not
// matter, of several headers of one key the first counts, and a line that is no header ends them.
func lookMetadata(_ string, content []byte) (Found, bool) {
	var row Row
	headers := 0
	for line := range bytes.Lines(content) {
		if line = bytes.TrimRight(line, "\r\n"); len(bytes.TrimSpace(line)) == 0 {
			break // the description follows
		}
		if line[0] == ' ' || line[0] == '\t' {
			continue // of the header above
		}
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || bytes.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			break // no header: what follows is none either
		}
		headers++
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(key, []byte("Name")):
			row.Name = cmp.Or(row.Name, string(value))
		case bytes.EqualFold(key, []byte("Version")):
			row.Version = cmp.Or(row.Version, string(value))
		case bytes.EqualFold(key, []byte("Requires-Dist")):
			if needed := requirement(string(value)); needed != "" {
				row.Requires = append(row.Requires, needed)
			}
		}
	}
	if row.Name == "" && headers > 0 {
		return Found{Pip, []Row{{Unknown: odd}}}, true // every installer writes a name
	}
	return Found{Pip, []Row{row}}, row.Name != ""
}

// requirement returns the name of a dependency as PEP 508 writes it, "" for one that only an
// extra asks for.
func requirement(text string) string {
	text, marker, _ := strings.Cut(text, ";")
	if strings.Contains(marker, "extra") {
		return ""
	}
	end := strings.IndexFunc(text, func(r rune) bool {
		return !(r == '-' || r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z')
	})
	if end >= 0 {
		text = text[:end]
	}
	return text
}

// lookRecord keeps the paths of a RECORD.
func lookRecord(_ string, content []byte) (Found, bool) {
	if bytes.IndexByte(content, '"') < 0 {
		files := unquotedRecord(content)
		return Found{Pip, []Row{{Files: files}}}, files != ""
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	var files strings.Builder
	unknown := ""
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			unknown = oddList // what was read so far is all that can be
			break
		}
		if name := row[0]; name != "" && !strings.ContainsAny(name, "\n\x00") {
			files.WriteString(name)
			files.WriteByte('\n')
		}
	}
	return Found{Pip, []Row{{Files: files.String(), Unknown: unknown}}}, files.Len() > 0 || unknown != ""
}

// unquotedRecord does the same for one without quotes, as nearly all are, in a tenth of the time: what
// encoding/csv returns is then what stands before the first comma of a line.
func unquotedRecord(content []byte) string {
	var files strings.Builder
	files.Grow(len(content))
	for line := range bytes.Lines(content) {
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		name, _, _ := bytes.Cut(line, []byte(","))
		if len(name) > 0 && bytes.IndexByte(name, 0) < 0 {
			files.Write(name)
			files.WriteByte('\n')
		}
	}
	return files.String()
}

// lookLines keeps a list of paths or names.
func lookLines(_ string, content []byte) (Found, bool) {
	var files strings.Builder
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line != "" {
			files.WriteString(line)
			files.WriteByte('\n')
		}
	}
	return Found{Pip, []Row{{Files: files.String()}}}, files.Len() > 0
}

// listPython finds the packages of an image. One that lies within another, as setuptools brings
// copies of some, is a part of it.
func listPython(all files, in *Image) []Package {
	py := pythonFiles{all, in, make(map[string]bool), make(map[string][]int)}
	for name, f := range all {
		if path.Ext(name) == eggLink {
			py.linked[below("", f.Rows[0].Dir)] = true
		}
	}
	var packages []Package
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if p, ok := py.read(name, len(packages)); ok {
			packages = append(packages, p)
		}
	}
	py.giveModules(packages)
	known := make(map[string]bool) // by home: somebody noted what was asked for
	for i := range packages {
		known[packages[i].Location] = known[packages[i].Location] || packages[i].Asked
	}
	for i := range packages {
		packages[i].Known = known[packages[i].Location]
	}
	soleDirs(packages)
	neededByName(packages, func(p *Package) []string { return all[p.At].Rows[0].Requires }, normalName)
	return packages
}

// pythonFiles are what the files of an image say of packages of Python.
type pythonFiles struct {
	all    files
	in     *Image
	linked map[string]bool  // directories that an egg-link names
	tops   map[string][]int // by module: the packages that list it and no files
}

// read returns the package that a file tells of, the next one of a list. It reports false for a
// file that tells of none.
func (py *pythonFiles) read(name string, next int) (p Package, ok bool) {
	all := py.all
	dir, base := path.Split(name)
	dir = strings.TrimSuffix(dir, "/")
	found := all[name].Rows[0]
	if found.Name == "" || strings.Contains("/"+dir, "/_vendor/") || strings.Contains("/"+dir, "/vendor/") || isPipsRest(path.Base(dir)) {
		return p, false
	}
	p = Package{Manager: Pip, Name: found.Name, Version: found.Version, At: name, Location: path.Dir(dir), Dirs: []string{dir}}
	home := p.Location
	switch {
	case base == metadata:
		p.Asked = py.in.Exists(dir + "/" + requested)
		if rec := all[dir+"/"+record]; rec != nil {
			p.Files, p.Unsized = lines(home, rec.Rows[0].Files), rec.Rows[0].Unknown
			return p, true
		}
		p.Unsized = py.listsModules(dir, home, next)
	case base == pkgInfo && strings.HasSuffix(dir, "/EGG-INFO"):
		p.Dirs, p.Location = []string{home}, path.Dir(home)
	case base == pkgInfo && isSource(home, py.linked, py.in.Exists):
		return p, false
	case base == pkgInfo:
		if rec := all[dir+"/"+installedFiles]; rec != nil {
			p.Files, p.Unsized = lines(dir, rec.Rows[0].Files), rec.Rows[0].Unknown
		} else {
			p.Unsized = py.listsModules(dir, home, next)
		}
	case path.Ext(name) != ".egg-info" && path.Ext(name) != ".egg":
		return p, false // another name of the file says what it is
	default: // one file
		p.Dirs, p.Location = nil, dir
		if path.Ext(name) == ".egg-info" {
			p.Unsized = noList
		}
		p.Files = func(yield func(string) bool) { yield(name) }
	}
	return p, true
}

// isPipsRest reports whether a directory is one that pip renames what it replaces to, and leaves
// there when it is interrupted: ~ip-23.0.dist-info. No program of Python takes it for a package.
func isPipsRest(dir string) bool { return strings.HasPrefix(dir, "~") }

// listsModules notes the modules that a package lists instead of files, and returns why its files
// are unknown all the same, "" where they are not.
func (py *pythonFiles) listsModules(dir, home string, next int) string {
	top := py.all[dir+"/"+topLevel]
	if top == nil || top.Rows[0].Unknown != "" {
		return noList
	}
	for module := range lines(home, top.Rows[0].Files) {
		py.tops[module] = append(py.tops[module], next)
	}
	return ""
}

// giveModules gives the packages that list modules and no files those modules. What several list,
// as those of a namespace do, is of none of them alone, so that their size is unknown.
func (py *pythonFiles) giveModules(packages []Package) {
	for _, module := range slices.Sorted(maps.Keys(py.tops)) {
		of := py.tops[module]
		for _, i := range of {
			if p := &packages[i]; len(of) > 1 {
				p.Unsized = noList
			} else {
				p.Dirs = append(p.Dirs, module, module+".py")
			}
		}
	}
}

// soleDirs gives a package the directories in which it alone lists files, as far as they lie
// below the package's home: whatever Python writes there when it runs belongs to it. Versions of one
// project in one home, of which one was installed over the other, all claim theirs.
func soleDirs(packages []Package) {
	by := make(map[string][]int) // of a directory: the packages that list files in it, nil for several projects
	for i := range packages {
		if packages[i].Files == nil {
			continue
		}
		home, last := packages[i].Location+"/", ""
		for name := range packages[i].Files {
			dir := name[:max(strings.LastIndexByte(name, '/'), 0)]
			if dir == last || !strings.HasPrefix(dir, home) {
				continue // files come directory by directory, mostly
			}
			last = dir
			switch before, ok := by[dir]; {
			case !ok:
				by[dir] = []int{i}
			case len(before) == 0 || before[len(before)-1] == i:
			case SameProject(&packages[before[0]], &packages[i]):
				by[dir] = append(before, i)
			default:
				by[dir] = nil
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(by)) {
		if path.Base(dir) == "__pycache__" {
			continue
		}
		for _, i := range by[dir] {
			packages[i].Dirs = append(packages[i].Dirs, dir)
		}
	}
}

// notWord is what PEP 503 takes for one hyphen in a name.
var notWord = lazyregexp.New(`[-_.]+`)

// normalName is a project's name as PEP 503 compares it.
func normalName(name string) string {
	return strings.ToLower(notWord.ReplaceAllString(name, "-"))
}

// neededByName notes who needs whom among packages in one place that need one another by name.
func neededByName(packages []Package, requires func(*Package) []string, normal func(string) string) {
	neededWhere(packages, requires, normal, func(p *Package) string { return p.Location })
}

// neededWhere does the same for packages that find one another where where says so of both.
func neededWhere(packages []Package, requires func(*Package) []string, normal func(string) string, where func(*Package) string) {
	type key struct{ where, name string }
	at := make(map[key][]int)
	for i := range packages {
		k := key{where(&packages[i]), normal(packages[i].Name)}
		at[k] = append(at[k], i)
	}
	for i := range packages {
		for _, name := range requires(&packages[i]) {
			k := key{where(&packages[i]), normal(name)}
			for _, j := range at[k] {
				if j != i {
					packages[j].NeededBy = cmp.Or(packages[j].NeededBy, packages[i].Name)
				}
			}
			at[k] = slices.DeleteFunc(at[k], func(j int) bool { return packages[j].NeededBy != "" })
		}
	}
}
