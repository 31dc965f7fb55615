package language

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// What R's install.packages leaves: a directory for each package in a library, with a file
// DESCRIPTION in the form of Debian's control files. Only an installed package's has the field
// Built (cran.r-project.org/doc/manuals/R-exts.html, "The DESCRIPTION file").

const maxDescription = 1 << 20

func looksR(name string) *look {
	if path.Base(name) != "DESCRIPTION" || parent(name) == "" {
		return nil
	}
	return upTo(maxDescription, Cran, lookDescription)
}

func lookDescription(_ string, content []byte) (Found, bool) {
	var row Row
	built, field := false, ""
	for line := range strings.Lines(string(content)) {
		line = strings.TrimRight(line, "\r\n")
		value := strings.TrimSpace(line)
		if line != "" && line[0] != ' ' && line[0] != '\t' {
			field, value, _ = strings.Cut(line, ":")
			value = strings.TrimSpace(value)
		}
		switch field {
		case "Package":
			row.Name = value
		case "Version":
			row.Version = value
		case "Built":
			built = true
		case "Depends", "Imports", "LinkingTo":
			for needed := range strings.SplitSeq(value, ",") {
				needed, _, _ = strings.Cut(needed, "(")
				if needed = strings.TrimSpace(needed); needed != "" && needed != "R" {
					row.Requires = append(row.Requires, needed)
				}
			}
		}
	}
	return Found{Cran, []Row{row}}, built && row.Name != ""
}

func listR(all files, _ *Image) []Package {
	var packages []Package
	for _, name := range slices.Sorted(maps.Keys(all)) {
		row, dir := &all[name].Rows[0], parent(name)
		if row.Name != path.Base(dir) {
			continue // no library
		}
		packages = append(packages, Package{Manager: Cran, Name: row.Name, Version: row.Version, At: name, Location: dir, Dirs: []string{dir}})
	}
	needs := func(p *Package) []string { return all[p.At].Rows[0].Requires }
	neededWhere(packages, needs, func(s string) string { return s }, func(*Package) string { return "" })
	return packages
}
