package deb

import (
	"cmp"
	"slices"
	"strings"
)

// universe is what apt's cache knows of the installed packages: which of them
// can stand for which name.
type universe struct {
	packages []*Package
	native   string
	foreign  map[string]bool  // the other architectures dpkg was told of
	real     map[key]int32    // the package of that name and architecture
	provided map[key][]answer // by name and architecture, "*" for all of them
	wants    [][]want         // by package: what it depends on, in apt's order
	targets  []key            // by want.target
	targetID map[key]int32
}

// answer is a package that can stand for a name, and as which version.
type answer struct {
	owner   int32
	version string
	hidden  bool // implied by Multi-Arch, not written in a Provides
}

// kind is the field a want comes from.
type kind uint8

const (
	depends kind = iota // Pre-Depends too: apt makes no difference here
	recommends
	suggests
)

// want is one alternative of a dependency. apt follows every alternative that
// something installed answers, so "a | b" is two wants.
type want struct {
	relation *Relation
	target   int32
	kind     kind
}

// anyArch stands for every architecture in universe.provided.
const anyArch = "*"

// newUniverse takes the packages that count as installed; of two paragraphs with
// one name and architecture the last. native may be "" to be found out.
func newUniverse(all []Package, native string, foreign []string) *universe {
	u := &universe{
		native: native, foreign: make(map[string]bool),
		real: make(map[key]int32), provided: make(map[key][]answer), targetID: make(map[key]int32),
	}
	if u.native == "" {
		u.native = nativeArch(all)
	}
	for _, a := range foreign {
		u.foreign[a] = true
	}
	for i := range all {
		p := &all[i]
		k := key{p.Name, archOf(p, u.native)}
		at, known := u.real[k]
		switch {
		case known && p.Current():
			u.packages[at] = p
		case p.Current():
			u.real[k] = int32(len(u.packages))
			u.packages = append(u.packages, p)
		}
	}
	u.sort()
	for i := range u.packages {
		u.provide(int32(i))
	}
	u.wants = make([][]want, len(u.packages))
	for i, p := range u.packages {
		u.wants[i] = u.wantsOf(p)
	}
	return u
}

// nativeArch is the architecture that the image's dpkg was built for, else that
// of most packages.
func nativeArch(all []Package) string {
	count := make(map[string]int)
	best := ""
	for i := range all {
		p := &all[i]
		if p.Arch == "all" || p.Arch == "none" || !p.Current() {
			continue
		}
		if p.Name == "dpkg" {
			return p.Arch
		}
		if count[p.Arch]++; count[p.Arch] > count[best] || count[p.Arch] == count[best] && p.Arch < best {
			best = p.Arch
		}
	}
	return best
}

// barbarian is apt's word for an architecture that nobody configured.
func (u *universe) barbarian(arch string) bool {
	return arch != u.native && arch != "all" && !u.foreign[arch]
}

// sort brings the packages into the order in which apt walks its cache, a hash
// table: in rare cases the outcome depends on it.
func (u *universe) sort() {
	slices.SortStableFunc(u.packages, func(a, b *Package) int {
		return cmp.Or(cmp.Compare(bucket(a.Name), bucket(b.Name)), strings.Compare(a.Name, b.Name))
	})
	for i, p := range u.packages {
		u.real[key{p.Name, archOf(p, u.native)}] = int32(i)
	}
}

// bucket is the place of a name in apt's hash table: pkgCache::sHash with the
// default of APT::Cache-HashTableSize.
func bucket(name string) uint32 {
	const tableSize = 196613
	hash := uint32(5381)
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		hash = 33*hash + uint32(c)
	}
	return hash % tableSize
}

// provide notes all names that a package answers to beside its own: what its
// Provides says, and what follows from Multi-Arch (debListParser::ParseProvides).
func (u *universe) provide(i int32) {
	p := u.packages[i]
	arch := archOf(p, u.native)
	barbarian := u.barbarian(arch)
	foreign := p.MultiArch == "foreign" && !barbarian
	allowed := p.MultiArch == "allowed" && !barbarian
	add := func(name, arch, version string, hidden bool) {
		k := key{name, arch}
		u.provided[k] = append(u.provided[k], answer{i, version, hidden})
	}
	for j := range p.Provides {
		r := &p.Provides[j]
		if r.Op != Any && r.Op != Equal {
			continue
		}
		name, qualifier, qualified := cutQualifier(r.Name)
		switch {
		case qualified && qualifier != "any":
			add(name, qualifier, r.Version, true)
			add(r.Name, "any", r.Version, false)
		case qualified:
			add(r.Name, "any", r.Version, false)
		case foreign:
			add(name, anyArch, r.Version, false)
		default:
			if allowed {
				add(name+":any", "any", r.Version, true)
			}
			add(name, arch, r.Version, false)
		}
	}
	if allowed {
		add(p.Name+":any", "any", p.Version, true)
	}
	if foreign {
		add(p.Name, anyArch, p.Version, true)
	}
}

// cutQualifier splits "python3:any" at its last colon.
func cutQualifier(name string) (base, qualifier string, ok bool) {
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		return name[:i], name[i+1:], true
	}
	return name, "", false
}

// wantsOf resolves the names of a package's dependencies into targets
// (debListParser::ParseDepends).
func (u *universe) wantsOf(p *Package) []want {
	var out []want
	arch := archOf(p, u.native)
	for _, field := range []struct {
		list []Relation
		kind kind
	}{{p.PreDepends, depends}, {p.Depends, depends}, {p.Recommends, recommends}, {p.Suggests, suggests}} {
		for i := range field.list {
			r := &field.list[i]
			add := func(name, arch string) {
				out = append(out, want{r, u.target(key{name, arch}), field.kind})
			}
			name, qualifier, qualified := cutQualifier(r.Name)
			switch {
			case !qualified:
				add(name, arch)
			case qualifier == "any":
				add(r.Name, "any")
				if u.barbarian(arch) {
					add(name, arch)
				}
			case qualifier == "native":
				add(name+":"+u.native, "any")
			default:
				add(r.Name, "any")
			}
		}
	}
	return out
}

func (u *universe) target(k key) int32 {
	id, ok := u.targetID[k]
	if !ok {
		id = int32(len(u.targets))
		u.targetID[k] = id
		u.targets = append(u.targets, k)
	}
	return id
}

// answers lists what can stand for a target, whatever the version: the package
// of that very name first, if there is one.
func (u *universe) answers(target int32) (own answer, hasOwn bool, others [][]answer) {
	k := u.targets[target]
	if i, ok := u.real[k]; ok {
		own, hasOwn = answer{owner: i, version: u.packages[i].Version}, true
	}
	others = append(others, u.provided[k])
	base, qualifier, qualified := cutQualifier(k.name)
	switch {
	case k.arch != "any":
		others = append(others, u.provided[key{k.name, anyArch}])
	case qualified && qualifier != "any":
		others = append(others, u.ofArch(base, qualifier))
	}
	return own, hasOwn, others
}

// ofArch lists what answers to "name:arch": the package itself and what provides
// the name from within that architecture.
func (u *universe) ofArch(name, arch string) []answer {
	var out []answer
	for _, k := range []key{{name, arch}, {name, anyArch}} {
		for _, a := range u.provided[k] {
			if !a.hidden && archOf(u.packages[a.owner], u.native) == arch {
				out = append(out, a)
			}
		}
	}
	if i, ok := u.real[key{name, arch}]; ok {
		out = append(out, answer{i, u.packages[i].Version, true})
	}
	return out
}
