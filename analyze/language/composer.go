package language

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
)

// What Composer leaves: vendor/composer/installed.json, which lists the packages with the
// directory of each relative to itself (install-path, of Composer 2; before that it is
// vendor/NAME) and says which only development needs (dev-package-names); and the project's own
// composer.json above the vendor directory, which says what was asked for.
// https://getcomposer.org/doc/04-schema.md
const (
	installedJSON = "installed.json"
	composerJSON  = "composer.json"
)

func looksComposer(name string) *look {
	dir, base := path.Split(name)
	switch {
	case base == installedJSON && path.Base(dir) == "composer":
		return upTo(MaxSize, Composer, lookInstalled)
	case base == composerJSON && !strings.Contains("/"+dir, "/vendor/"):
		return upTo(maxPackageJSON, Composer, lookComposerProject)
	}
	return nil
}

func lookInstalled(_ string, content []byte) (Found, bool) {
	f := Found{Manager: Composer}
	list, ok := itemsOf(content)
	dev := make(map[string]bool)
	if !ok { // Composer 2
		top, _ := objectOf(content)
		list, ok = itemsOf(top["packages"])
		names, _ := textsOf(top["dev-package-names"])
		for _, name := range names {
			dev[name] = true
		}
	}
	if !ok {
		f.Rows = append(f.Rows, Row{Unknown: odd})
	}
	for _, entry := range list {
		row := installedRow(entry)
		row.Dev = dev[row.Name]
		f.Rows = append(f.Rows, row)
	}
	return f, len(f.Rows) > 0
}

// installedRow reads one entry of installed.json. One without a name is not understood.
func installedRow(entry json.RawMessage) (row Row) {
	p, _ := objectOf(entry)
	if row.Name = textOf(p["name"]); row.Name == "" {
		return Row{Unknown: odd}
	}
	row.Version = textOf(p["version"])
	// One without a path is where Composer 1 put it, and null a package without files.
	switch at := p["install-path"]; {
	case textOf(at) != "":
		row.Dir = textOf(at)
	case textOf(p["type"]) != "metapackage" && len(at) == 0:
		row.Dir = "../" + row.Name
	}
	needs, _ := objectOf(p["require"]) // an empty one may be a list
	row.Requires = slices.Sorted(maps.Keys(needs))
	bins, _ := textsOf(p["bin"])
	for i := range bins {
		bins[i] = path.Base(bins[i])
	}
	row.Files = joinLines(bins)
	return row
}

// lookComposerProject reads what a project asks for. The first row is the project.
func lookComposerProject(_ string, content []byte) (Found, bool) {
	var p struct {
		Name       any
		Require    any
		RequireDev any `json:"require-dev"`
	}
	if json.Unmarshal(content, &p) != nil {
		return Found{Composer, []Row{{Unknown: odd}}}, true
	}
	name, _ := p.Name.(string)
	f := Found{Composer, []Row{{Name: name}}}
	for _, list := range []any{p.Require, p.RequireDev} {
		names, _ := list.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			f.Rows = append(f.Rows, Row{Name: name, Asked: true})
		}
	}
	return f, len(f.Rows) > 1
}

func listComposer(all files, in *Image) []Package {
	var packages []Package
	needs := make(map[[2]string][]string) // by installed.json and name
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if path.Base(name) != installedJSON {
			continue
		}
		dir := parent(name)
		vendor := parent(dir)
		project, known := all[path.Join(parent(vendor), composerJSON)]
		asked := make(map[string]bool)
		if known {
			for i := range project.Rows[1:] {
				asked[strings.ToLower(project.Rows[1+i].Name)] = true
			}
		}
		for i := range all[name].Rows {
			row := &all[name].Rows[i]
			if row.Name == "" {
				continue
			}
			p := Package{Manager: Composer, Name: row.Name, Version: row.Version, At: name, Location: dir, Dev: row.Dev, Known: known, Asked: asked[strings.ToLower(row.Name)]}
			if row.Dir != "" {
				p.Location = below(dir, row.Dir)
				if p.Location == vendor || p.Location == "" || strings.HasPrefix(dir+"/", p.Location+"/") {
					p.Location = dir // the project itself, or nonsense
				} else {
					p.Dirs = []string{p.Location}
				}
			}
			if row.Dir != "" && (len(p.Dirs) == 0 || !in.Exists(p.Location)) {
				p.Unsized = noList
			}
			p.Files = lines(path.Join(vendor, "bin"), row.Files)
			needs[[2]string{name, row.Name}] = row.Requires
			packages = append(packages, p)
		}
	}
	neededWhere(packages, func(p *Package) []string { return needs[[2]string{p.At, p.Name}] }, strings.ToLower, func(p *Package) string { return p.At })
	return packages
}
