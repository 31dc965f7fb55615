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
	var p struct {
		Name, Version       string
		Files, Depends      []string
		ExtractedPackageDir string   `json:"extracted_package_dir"`
		RequestedSpec       string   `json:"requested_spec"`
		RequestedSpecs      []string `json:"requested_specs"`
		Link                struct{ Source string }
		PathsData           struct {
			Paths []struct {
				Path string `json:"_path"`
			}
		} `json:"paths_data"`
	}
	if json.Unmarshal(content, &p) != nil || p.Name == "" {
		return Found{}, false
	}
	if len(p.Files) == 0 {
		for _, file := range p.PathsData.Paths {
			p.Files = append(p.Files, file.Path)
		}
	}
	asked := p.RequestedSpec != "" && p.RequestedSpec != "None" || slices.ContainsFunc(p.RequestedSpecs, func(s string) bool { return s != "" })
	row := Row{Name: p.Name, Version: p.Version, Dir: cmp.Or(p.ExtractedPackageDir, p.Link.Source), Asked: asked, Files: joinLines(p.Files)}
	for _, needed := range p.Depends {
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
