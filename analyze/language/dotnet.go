package language

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
)

// What .NET leaves beside a program: NAME.deps.json, which lists the packages of NuGet that the
// program is made of (libraries of type package) and, for the machine it was published for, the
// files of each (targets: runtime, native, resources, runtimeTargets). A published program has
// the files beside deps.json: those for one machine as runtimes/… says, translations in a
// directory of their language, all others by their last name. A shared framework is a directory
// shared/NAME/VERSION with such a file, and one package here.
// https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md

const depsJSON = ".deps.json"

func looksDotNet(name string) *look {
	if !strings.HasSuffix(name, depsJSON) {
		return nil
	}
	return upTo(MaxSize, DotNet, lookDeps)
}

// depsTarget are the files of a library, by path.
type depsTarget struct {
	Dependencies                    map[string]any
	Runtime, Native, RuntimeTargets map[string]any
	Resources                       map[string]struct{ Locale string }
}

func lookDeps(_ string, content []byte) (Found, bool) {
	var deps struct {
		RuntimeTarget struct{ Name string }
		Targets       map[string]map[string]depsTarget
		Libraries     map[string]struct{ Type string }
	}
	if json.Unmarshal(content, &deps) != nil {
		return Found{}, false
	}
	target := deps.Targets[deps.RuntimeTarget.Name]
	f := Found{Manager: DotNet}
	for _, id := range slices.Sorted(maps.Keys(deps.Libraries)) {
		name, version, ok := strings.Cut(id, "/")
		kind := strings.ToLower(deps.Libraries[id].Type)
		if !ok || kind != "package" && kind != "runtimepack" {
			continue
		}
		t := target[id]
		row := Row{Name: strings.TrimPrefix(name, "runtimepack."), Version: version, Files: joinLines(t.files()), Requires: slices.Sorted(maps.Keys(t.Dependencies))}
		f.Rows = append(f.Rows, row)
	}
	return f, len(f.Rows) > 0
}

// files are where the files of a library are beside deps.json.
func (t *depsTarget) files() (list []string) {
	for name := range t.Runtime {
		list = append(list, path.Base(name))
	}
	for name := range t.Native {
		list = append(list, path.Base(name))
	}
	for name, r := range t.Resources {
		list = append(list, path.Join(r.Locale, path.Base(name)))
	}
	for name := range t.RuntimeTargets {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func listDotNet(all files, _ *Image) []Package {
	var packages []Package
	needs := make(map[[2]string][]string) // by deps.json and name
	for _, name := range slices.Sorted(maps.Keys(all)) {
		dir := parent(name)
		stem := strings.TrimSuffix(path.Base(name), depsJSON)
		if path.Base(path.Dir(dir)) == stem && path.Base(path.Dir(path.Dir(dir))) == "shared" {
			packages = append(packages, Package{Manager: DotNet, Name: stem, Version: path.Base(dir), At: name, Location: dir, Dirs: []string{dir}})
			continue
		}
		for i := range all[name].Rows {
			row := &all[name].Rows[i]
			if row.Name == "" {
				continue
			}
			needs[[2]string{name, row.Name}] = row.Requires
			packages = append(packages, Package{Manager: DotNet, Name: row.Name, Version: row.Version, At: name, Location: dir, Files: lines(dir, row.Files), Unsized: cutList(row)})
		}
	}
	neededWhere(packages, func(p *Package) []string { return needs[[2]string{p.At, p.Name}] }, strings.ToLower, func(p *Package) string { return p.At })
	return packages
}
