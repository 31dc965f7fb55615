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

func lookDeps(_ string, content []byte) (Found, bool) {
	f := Found{Manager: DotNet}
	deps, ok := objectOf(content)
	about, _ := objectOf(deps["runtimeTarget"])
	targets, _ := objectOf(deps["targets"])
	target, targeted := objectOf(targets[textOf(about["name"])])
	libraries, listed := objectOf(deps["libraries"])
	if !ok || !listed {
		return Found{DotNet, []Row{{Unknown: odd}}}, true
	}
	for _, id := range slices.Sorted(maps.Keys(libraries)) {
		library, ok := objectOf(libraries[id])
		name, version, named := strings.Cut(id, "/")
		kind := strings.ToLower(textOf(library["type"]))
		switch {
		case !ok:
			f.Rows = append(f.Rows, Row{Unknown: odd})
			continue
		case !named || kind != "package" && kind != "runtimepack":
			continue
		}
		t, understood := objectOf(target[id])
		list, whole := depsFiles(t)
		needs, _ := objectOf(t["dependencies"])
		row := Row{Name: strings.TrimPrefix(name, "runtimepack."), Version: version, Files: joinLines(list), Requires: slices.Sorted(maps.Keys(needs))}
		if !whole || !understood || !targeted {
			row.Unknown = oddList
		}
		f.Rows = append(f.Rows, row)
	}
	return f, len(f.Rows) > 0
}

// depsFiles lists where the files of a library are beside deps.json, by what its target says. It
// reports false where some of that is not understood.
func depsFiles(target map[string]json.RawMessage) (list []string, whole bool) {
	whole = true
	for _, kind := range []string{"runtime", "native", "resources", "runtimeTargets"} {
		names, ok := objectOf(target[kind])
		whole = whole && ok
		for name, about := range names {
			switch kind {
			case "resources":
				r, _ := objectOf(about)
				list = append(list, path.Join(textOf(r["locale"]), path.Base(name)))
			case "runtimeTargets":
				list = append(list, name)
			default:
				list = append(list, path.Base(name))
			}
		}
	}
	slices.Sort(list)
	return list, whole
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
