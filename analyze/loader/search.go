package loader

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/model"
)

// Missing is a library or a loader that a program does not find.
type Missing struct {
	Name string // of the library, or the path of the loader
	By   string // the file that needs it, without leading slash
	// Elsewhere is a path without leading slash where there is a file of that name,
	// which no search path leads to; "" where there is none.
	Elsewhere string
}

// maxLibraries bounds how many files one program may load.
const maxLibraries = 2000

// Missing returns what the program at a path, without leading slash, does not find when
// it starts. environment is LD_LIBRARY_PATH. Where anything is not known, as with a file
// whose headers could not be read, Missing believes that all is there.
func (v *View) Missing(program string, environment string) (missing []Missing) {
	id, real, ok := v.Resolve(program)
	f := v.Program(id)
	if !ok || f == nil || f.Unread || f.IsScript() {
		return nil
	}
	if f.Interpreter != "" {
		if _, _, ok := v.Resolve(f.Interpreter); !ok {
			return []Missing{{Name: f.Interpreter, By: real}}
		}
	}
	musl := IsMusl(f.Interpreter) || v.holdsMusl()
	type file struct {
		program *executable.File
		path    string
		above   []string // RPATHs of those that load it
	}
	queue, seen := []file{{f, real, nil}}, map[string]bool{}
	for len(queue) > 0 && len(seen) < maxLibraries {
		at := queue[0]
		queue = queue[1:]
		above := at.above
		if at.program.Rpath != "" && at.program.Runpath == "" {
			above = append(slices.Clone(above), v.expand(at.program.Rpath, at.path)...)
		}
		for _, name := range at.program.Needed {
			if seen[name] || FromHost(name) || musl && BuiltIn(name) || strings.ContainsAny(name, "/$") {
				continue
			}
			seen[name] = true
			dirs := slices.Concat(above, splitList(environment), v.expand(at.program.Runpath, at.path), builtInDirs)
			id, real, elsewhere := v.library(name, dirs, f.Interpreter)
			switch {
			case id != model.NoRecord:
				if next := v.Program(id); next != nil && !next.Unread {
					queue = append(queue, file{next, real, above})
				}
			case !v.hasSoname(name):
				missing = append(missing, Missing{name, at.path, elsewhere})
			}
		}
	}
	return missing
}

// builtInDirs are where loaders of Linux distributions look without being told. More than
// one of them never hurts here: what is not found anywhere is missing.
var builtInDirs = []string{"/lib", "/usr/lib", "/lib64", "/usr/lib64", "/lib32", "/usr/lib32", "/libx32", "/usr/libx32"}

// library finds a library in directories, in the multiarch directories, and where glibc's
// cache may name it.
func (v *View) library(name string, dirs []string, interpreter string) (id model.RecordID, real, elsewhere string) {
	places := v.Named(name)
	for _, p := range places {
		dir := "/" + path.Dir(p.Path)
		if slices.Contains(dirs, dir) || v.inDirs(dir, dirs) || isMultiarch(dir) {
			return p.Record, p.Real, ""
		}
	}
	if len(places) == 0 {
		return model.NoRecord, "", ""
	}
	p := places[0]
	if IsMusl(interpreter) || !strings.HasPrefix(path.Base(interpreter), "ld-linux") || !(strings.HasPrefix(interpreter, "/lib64/") || strings.HasPrefix(interpreter, "/lib/")) {
		return p.Record, p.Real, "" // its configuration is not read here
	}
	cache, ok := v.tree.Lookup("etc/ld.so.cache")
	if !ok {
		return model.NoRecord, "", p.Path
	}
	noted, ok := v.tree.At(cache, v.layer)
	if !ok {
		return model.NoRecord, "", p.Path
	}
	for _, p := range places {
		if v.tree.Records[noted].Layer >= v.firstLayer(p.Path) {
			return p.Record, p.Real, ""
		}
	}
	return model.NoRecord, "", p.Path
}

// firstLayer is the lowest layer that has something at a path.
func (v *View) firstLayer(name string) uint16 {
	n, ok := v.tree.Lookup(name)
	if !ok {
		return 0
	}
	first := uint16(0)
	for id := v.tree.Nodes[n].Last; id != model.NoRecord; id = v.tree.Below(id) {
		first = v.tree.Records[id].Layer
	}
	return first
}

// inDirs reports whether one of dirs leads to a directory through symbolic links.
func (v *View) inDirs(dir string, dirs []string) bool {
	for _, d := range dirs {
		if _, real, ok := v.Resolve(d); ok && "/"+real == dir {
			return true
		}
	}
	return false
}

// isMultiarch reports whether a directory is one of Debian's for an architecture.
func isMultiarch(dir string) bool {
	parent, base := path.Split(dir)
	return (parent == "/lib/" || parent == "/usr/lib/") && strings.Contains(base, "-linux-")
}

// hasSoname reports whether a program of the image calls itself by a library's name.
func (v *View) hasSoname(name string) bool {
	for id, f := range v.programs {
		if f.Soname == name && v.tree.Records[id].HiddenBy == model.StillThere && !strings.HasPrefix(v.tree.Name(v.tree.Records[id].Node), name) {
			return true
		}
	}
	return false
}

// holdsMusl reports whether the image has musl's loader.
func (v *View) holdsMusl() bool {
	for _, f := range v.programs {
		if IsMusl(f.Interpreter) {
			return true
		}
	}
	return false
}

// expand splits a list of directories and puts in the directory of the file that has it.
func (v *View) expand(list, file string) []string {
	dirs := splitList(list)
	for i, dir := range dirs {
		for _, origin := range []string{"$ORIGIN", "${ORIGIN}"} {
			dir = strings.ReplaceAll(dir, origin, "/"+path.Dir(file))
		}
		for _, lib := range []string{"$LIB", "${LIB}"} {
			dir = strings.ReplaceAll(dir, lib, "lib")
		}
		dirs[i] = path.Clean(dir)
	}
	return dirs
}

func splitList(list string) []string {
	if list == "" {
		return nil
	}
	return strings.FieldsFunc(list, func(r rune) bool { return r == ':' || r == ';' })
}
