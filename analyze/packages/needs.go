package packages

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/packages/deb"
)

// Needs says, for each of Packages, which of the others it depends on, as indexes
// in byte order of their names. Of alternatives, and of several packages that
// provide a name, all count that are installed, whatever their versions: it is
// for telling what must stay, and errs towards that. Recommendations are left
// out. A package nobody knows the dependencies of has nil.
//
// spare are those of them that a package depends on only in place of another that is
// installed, too, and that it names before: an install from nothing brings the first.
func (d *Database) Needs() (needs, spare [][]int32) {
	providers := make(map[string][]int32)
	left := maxProvided
	for i := range d.Packages {
		p := &d.Packages[i]
		if p.State == ConfigFiles {
			continue
		}
		names := p.answersTo()
		if left -= len(names); left < 0 {
			break
		}
		for _, name := range names {
			key := p.Manager + " " + name
			if list := providers[key]; len(list) == 0 || list[len(list)-1] != int32(i) {
				providers[key] = append(list, int32(i))
			}
		}
	}
	d.provideFiles(providers)
	needs, spare = make([][]int32, len(d.Packages)), make([][]int32, len(d.Packages))
	left = maxNeeds
	for i := range d.Packages {
		p := &d.Packages[i]
		if p.State == ConfigFiles {
			continue
		}
		needs[i] = []int32{}
		first := true // of several alternatives
		for _, on := range p.dependsOn() {
			for _, by := range providers[p.Manager+" "+on.name] {
				if left--; left < 0 {
					break
				}
				switch {
				case by == int32(i):
				case first:
					needs[i] = append(needs[i], by)
				default:
					spare[i] = append(spare[i], by)
				}
			}
			first = !on.or || first && len(providers[p.Manager+" "+on.name]) == 0
		}
		firm := slices.Clone(needs[i])
		needs[i] = append(needs[i], spare[i]...)
		slices.Sort(needs[i])
		needs[i] = slices.Compact(needs[i])
		spare[i] = slices.DeleteFunc(spare[i], func(by int32) bool { return slices.Contains(firm, by) })
	}
	return needs, spare
}

// Bounds of the graph: names that packages answer to, and edges.
const (
	maxProvided = 2_000_000
	maxNeeds    = 4_000_000
)

// answersTo are the names by which others depend on a package.
func (p *Package) answersTo() []string {
	names := []string{p.Name}
	if p.Deb != nil {
		for i := range p.Deb.Provides {
			names = append(names, debName(p.Deb.Provides[i].Name))
		}
		return names
	}
	for _, atom := range p.provides {
		names = append(names, apkName(atom))
	}
	return names
}

// dependency is a name that a package depends on.
type dependency struct {
	name string
	or   bool // another alternative follows
}

// dependsOn are the names that a package depends on.
func (p *Package) dependsOn() (names []dependency) {
	if p.Deb != nil {
		for _, list := range [][]deb.Relation{p.Deb.PreDepends, p.Deb.Depends} {
			for i := range list {
				names = append(names, dependency{debName(list[i].Name), list[i].Or})
			}
		}
		return names
	}
	for _, atom := range p.depends {
		if p.Manager == RPM || !strings.HasPrefix(atom, "!") {
			names = append(names, dependency{name: apkName(atom)})
		}
	}
	return names
}

// debName takes the architecture off a name: "python3:any".
func debName(name string) string {
	name, _, _ = strings.Cut(name, ":")
	return name
}

// provideFiles adds the paths that packages depend on, as rpm's do: /bin/sh.
func (d *Database) provideFiles(providers map[string][]int32) {
	wanted := make(map[string]bool)
	for i := range d.Packages {
		if d.Packages[i].Manager == RPM {
			for _, name := range d.Packages[i].depends {
				if strings.HasPrefix(name, "/") {
					wanted[name] = true
				}
			}
		}
	}
	if len(wanted) == 0 {
		return
	}
	for i := range d.Packages {
		p := &d.Packages[i]
		if p.Manager != RPM || p.files == nil {
			continue
		}
		for name := range p.files {
			// Where /bin is a link, packages own /usr/bin/x and others may say /bin/x.
			for _, name := range []string{"/" + name, "/" + strings.TrimPrefix(name, "usr/")} {
				key := RPM + " " + name
				if list := providers[key]; wanted[name] && (len(list) == 0 || list[len(list)-1] != int32(i)) {
					providers[key] = append(list, int32(i))
				}
			}
		}
	}
}
