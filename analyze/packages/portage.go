package packages

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"strings"
)

// portageDB has a directory CATEGORY/NAME-VERSION for each package; portageWorld lists
// what was asked for. portageMerging begins the name of a directory while portage works
// on the package.
const (
	portageDB      = "var/db/pkg/"
	portageWorld   = "var/lib/portage/world"
	portageMerging = "-MERGING-"
)

// wantsPortage asks for the files of a package that are read: what it owns, what it needs
// when it runs, and its slot.
func wantsPortage(name string) bool {
	rest, in := strings.CutPrefix(name, portageDB)
	if !in {
		return name == portageWorld
	}
	_, rest, _ = strings.Cut(rest, "/")
	_, base, _ := strings.Cut(rest, "/")
	switch base {
	case "CONTENTS", "RDEPEND", "PDEPEND", "SLOT":
		return true
	}
	return false
}

// readPortage reads Gentoo's database of installed packages. What the profile of the
// system needs is not in it, so a package that the world file neither names nor needs is
// not called an orphan.
func readPortage(d *Database, f Files) (notes []string, err error) {
	var said []asked
	var unlisted, damaged, unnamed []string
	world, listed := f[portageWorld]
	wanted := make(map[string]bool)
	for _, atom := range words(world) {
		wanted[portageName(atom)] = true
	}
	delete(wanted, "") // the names of sets
	left := maxApkRelations
	for _, dir := range portageDirectories(f) {
		category, pf, _ := strings.Cut(dir, "/")
		state := Installed
		if rest, merging := strings.CutPrefix(pf, portageMerging); merging {
			pf, state = rest, HalfInstalled
		}
		name, version := splitPortage(pf)
		if version == "" {
			unnamed = append(unnamed, dir)
			continue
		}
		if len(said) == maxPackages {
			return notes, errTooMany
		}
		at := portageDB + dir + "/"
		contents, there := f[at+"CONTENTS"]
		switch {
		case !there:
			unlisted = append(unlisted, dir)
		case !isContents(contents):
			damaged = append(damaged, dir)
		}
		slot, _, _ := strings.Cut(string(bytes.TrimSpace(f[at+"SLOT"])), "/") // a sub-slot is no package of its own
		slot = cmp.Or(slot, "0")
		p := Package{
			Manager: Portage, Name: category + "/" + name, Version: version, Slot: slot, Section: category,
			State: state, Reason: Unknown, row: len(said), files: portageFiles(contents),
		}
		p.provides = []string{p.Name + ":" + slot}
		for _, needs := range []string{"RDEPEND", "PDEPEND"} {
			p.depends = portageNames(p.depends, f[at+needs], left)
		}
		if left -= len(p.depends); left < 0 {
			return notes, fmt.Errorf("more than %d relations between packages", maxApkRelations)
		}
		how := byNobody
		if wanted[p.Name] || wanted[p.provides[0]] {
			how = byName
		}
		said = append(said, how)
		d.Packages = append(d.Packages, p)
	}
	notes = append(notes, those("portage: CONTENTS is missing for %s, so tare cannot tell which files belong to them", unlisted)...)
	notes = append(notes, those("portage: CONTENTS is damaged for %s, so tare cannot tell which files belong to them", damaged)...)
	notes = append(notes, those("portage: the name and version of %s are unknown in "+portageDB, unnamed)...)
	if len(said) == 0 {
		return notes, err
	}
	d.explain = append(d.explain, func() []string {
		switch {
		case !listed:
			return []string{"portage: /" + portageWorld + " is missing" + Unasked}
		case len(wanted) == 0:
			return []string{"portage: /" + portageWorld + " is empty" + Unasked}
		}
		d.explainAsked(Portage, said, Unknown)
		return nil
	})
	return notes, err
}

// portageDirectories lists the packages' directories, CATEGORY/NAME-VERSION, in byte
// order.
func portageDirectories(f Files) []string {
	var dirs []string
	for _, name := range under(f, portageDB) {
		category, rest, _ := strings.Cut(name[len(portageDB):], "/")
		pf, _, _ := strings.Cut(rest, "/")
		if dir := category + "/" + pf; len(dirs) == 0 || dirs[len(dirs)-1] != dir {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// portageName is the package that an atom names, with its slot if it names one:
// ">=dev-libs/openssl-1.1:0/1.1=[static]" is dev-libs/openssl:0. It is "" for what is no
// atom, such as a bracket, and for a blocker, which names what must not be there.
func portageName(atom string) string {
	if strings.HasPrefix(atom, "!") || !strings.Contains(atom, "/") {
		return ""
	}
	bare := strings.TrimLeft(atom, "<>=~")
	hasVersion := bare != atom
	bare, _, _ = strings.Cut(bare, "[")
	name, slot, _ := strings.Cut(bare, ":")
	if hasVersion {
		category, pf, _ := strings.Cut(strings.TrimSuffix(name, "*"), "/")
		if p, version := splitPortage(pf); version != "" {
			name = category + "/" + p
		}
	}
	slot, _, _ = strings.Cut(slot, ":") // ":0::gentoo" names a repository, too
	slot, _, _ = strings.Cut(slot, "/")
	if slot = strings.TrimRight(slot, "=*"); slot == "" {
		return name
	}
	return name + ":" + slot
}

// portageNames adds the packages that a list of dependencies names. All of several
// alternatives count. Portage keeps these lists without the parts that USE flags switch
// off.
func portageNames(names []string, text []byte, most int) []string {
	for word := range bytes.FieldsSeq(text) {
		if name := portageName(string(word)); name != "" {
			names = append(names, name)
		}
		if len(names) > most {
			break
		}
	}
	return names
}

// splitPortage takes NAME-VERSION[-rREVISION] apart, see "Version Specifications" in
// Gentoo's package manager specification. The version is "" if there is none.
func splitPortage(pf string) (name, version string) {
	end := len(pf)
	if i := strings.LastIndex(pf, "-r"); i > 0 && i+2 < len(pf) && strings.Trim(pf[i+2:], "0123456789") == "" {
		end = i
	}
	at := strings.LastIndexByte(pf[:end], '-')
	if at <= 0 || at+1 >= end || pf[at+1] < '0' || pf[at+1] > '9' {
		return pf, ""
	}
	return pf[:at], pf[at+1:]
}

// isContents reports whether a text begins like CONTENTS, which is empty for a package
// without files.
func isContents(text []byte) bool {
	kind, _, _ := bytes.Cut(text, []byte(" "))
	switch string(kind) {
	case "", "dir", "obj", "sym", "fif", "dev":
		return true
	}
	return false
}

// portageFiles yields what CONTENTS lists: "obj PATH MD5 TIME", "sym PATH -> TARGET
// TIME", and fif and dev with a path alone. A path may have blanks.
func portageFiles(text []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range bytes.Lines(text) {
			kind, name, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(" "))
			switch string(kind) {
			case "obj":
				for range 2 { // the sum and the time
					if i := bytes.LastIndexByte(name, ' '); i >= 0 {
						name = name[:i]
					}
				}
			case "sym":
				if i := bytes.LastIndex(name, []byte(" -> ")); i >= 0 {
					name = name[:i]
				}
			case "fif", "dev":
			default:
				continue
			}
			if name := clean(string(name)); name != "" && !yield(name) {
				return
			}
		}
	}
}
