package language

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// eggFormat is a package of Python in one file, as setuptools made it: EGG-INFO/PKG-INFO is its
// metadata.
type eggFormat struct{}

func (eggFormat) wants(name string) bool { return name == "EGG-INFO/PKG-INFO" }
func (eggFormat) nests(string) bool      { return false }

func eggFound(l *archiveLevel) (Found, bool) {
	for _, m := range l.members {
		if f, ok := lookMetadata(m.name, m.content); ok {
			return f, true
		}
	}
	return Found{}, false
}

// yarnFormat is a module of Node in yarn's cache, from which programs load it (Plug'n'Play): one
// directory node_modules/NAME.
type yarnFormat struct{}

const yarnCache = "/.yarn/cache/"

func (yarnFormat) wants(name string) bool {
	return path.Base(name) == packageJSON && strings.Count(name, "/"+modules+"/") == 0 && moduleName(path.Dir(name)) != ""
}

func (yarnFormat) nests(string) bool { return false }

// yarnVersion is how yarn names these files: NAME-npm-VERSION-HASH-CHECKSUM.zip.
var yarnVersion = lazyregexp.New(`^(.+)-npm-(.+)-[0-9a-f]{10}-[0-9a-f]+\.zip$`)

func yarnFound(name string, l *archiveLevel) (Found, bool) {
	for _, m := range l.members {
		if f, ok := lookPackageJSON(m.name, m.content); ok {
			f.Rows = f.Rows[:1]
			return f, f.Rows[0].Name != ""
		}
	}
	if m := yarnVersion.FindStringSubmatch(path.Base(name)); m != nil {
		return Found{Npm, []Row{{Name: m[1], Version: m[2]}}}, true
	}
	return Found{}, false
}

// listZipped lists the modules in yarn's caches of projects that load them from there.
func listZipped(all files, in *Image) []Package {
	var packages []Package
	for _, name := range slices.Sorted(maps.Keys(all)) {
		project, _, ok := strings.Cut("/"+name, yarnCache)
		if !ok || path.Ext(name) != ".zip" {
			continue
		}
		project = strings.TrimPrefix(project, "/")
		if !in.Exists(path.Join(project, ".pnp.cjs")) && !in.Exists(path.Join(project, ".pnp.js")) {
			continue
		}
		row := &all[name].Rows[0]
		p := Package{Manager: Npm, Name: row.Name, Version: row.Version, At: name, Location: name}
		p.Files = func(yield func(string) bool) { yield(name) }
		if own := all[path.Join(project, packageJSON)]; own != nil {
			p.Known = true
			p.Asked = slices.Contains(own.Rows[0].Requires, p.Name) || slices.ContainsFunc(own.Rows[1:], func(r Row) bool { return r.Name == p.Name })
		}
		packages = append(packages, p)
	}
	needs := func(p *Package) []string { return all[p.At].Rows[0].Requires }
	neededWhere(packages, needs, func(s string) string { return s }, func(p *Package) string { return path.Dir(p.At) })
	return packages
}
