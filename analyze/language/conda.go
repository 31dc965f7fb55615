package language

import (
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
)

// What conda, mamba and pixi leave: in each environment a directory conda-meta with a file
// NAME-VERSION-BUILD.json for each package. It lists the package's files relative to the
// environment (files, or paths_data.paths), what it needs (depends: "NAME VERSION BUILD"), what
// was asked for (requested_spec or requested_specs) and where the package was unpacked
// (extracted_package_dir), whose files are usually hard links to the environment's.
// https://docs.conda.io/projects/conda/en/latest/dev-guide/specs/ has no page of it: it is
// PrefixRecord in conda's sources.

func looksConda(name string) *look {
	dir, base := path.Split(name)
	if path.Base(dir) != "conda-meta" || path.Ext(base) != ".json" {
		return nil
	}
	return upTo(MaxSize, Conda, lookCondaMeta)
}

func lookCondaMeta(_ string, content []byte) (Found, bool) {
	p, ok := objectOf(content)
	name := textOf(p["name"])
	switch {
	case !ok:
		return Found{Conda, []Row{{Unknown: odd}}}, true
	case name == "":
		return Found{}, false
	}
	link, _ := objectOf(p["link"])
	specs, _ := textsOf(p["requested_specs"])
	spec := textOf(p["requested_spec"])
	asked := spec != "" && spec != "None" || slices.ContainsFunc(specs, func(s string) bool { return s != "" })
	list, whole := condaFiles(p)
	row := Row{Name: name, Version: textOf(p["version"]), Dir: cmp.Or(textOf(p["extracted_package_dir"]), textOf(link["source"])), Asked: asked, Files: joinLines(list)}
	if !whole {
		row.Unknown = oddList
	}
	depends, _ := textsOf(p["depends"])
	for _, needed := range depends {
		needed, _, _ = strings.Cut(strings.TrimSpace(needed), " ")
		needed = strings.TrimRight(needed, "=<>!~") // "python>=3.9" is seldom, and written so
		if i := strings.IndexAny(needed, "=<>!~"); i >= 0 {
			needed = needed[:i]
		}
		if needed != "" && !strings.HasPrefix(needed, "__") { // what the machine must have
			row.Requires = append(row.Requires, needed)
		}
	}
	return Found{Conda, []Row{row}}, true
}

// condaFiles lists the files of a package. It reports false where some of the list is not understood.
func condaFiles(p map[string]json.RawMessage) (list []string, whole bool) {
	list, whole = textsOf(p["files"])
	if len(list) > 0 {
		return list, whole
	}
	data, ok := objectOf(p["paths_data"])
	entries, listed := itemsOf(data["paths"])
	whole = whole && ok && (listed || data["paths"] == nil)
	for _, entry := range entries {
		about, _ := objectOf(entry)
		if name := textOf(about["_path"]); name != "" {
			list = append(list, name)
		} else {
			whole = false
		}
	}
	return list, whole
}

// joinLines puts a line end behind each name of a list. Names that cannot be told from two are
// left out.
func joinLines(list []string) string {
	var b strings.Builder
	for _, name := range list {
		if name != "" && !strings.ContainsAny(name, "\n\x00") {
			b.WriteString(name)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func listConda(all files, _ *Image) []Package {
	var packages []Package
	known := make(map[string]bool) // by environment: somebody noted what was asked for
	for _, name := range slices.Sorted(maps.Keys(all)) {
		row := &all[name].Rows[0]
		root := parent(parent(name))
		if row.Name == "" {
			continue
		}
		p := Package{
			Manager: Conda, Name: row.Name, Version: row.Version, At: name, Location: root,
			Files: also(lines(root, row.Files), name), Asked: row.Asked, Unsized: cutList(row),
		}
		if dir := below("", row.Dir); dir != "" && path.IsAbs(row.Dir) && path.Base(path.Dir(dir)) == "pkgs" {
			p.Dirs = append(p.Dirs, dir)
		}
		known[root] = known[root] || row.Asked
		packages = append(packages, p)
	}
	for i := range packages {
		packages[i].Known = known[packages[i].Location]
	}
	neededByName(packages, func(p *Package) []string { return all[p.At].Rows[0].Requires }, strings.ToLower)
	return packages
}
