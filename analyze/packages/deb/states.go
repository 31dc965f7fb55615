package deb

import (
	"strconv"
	"strings"
)

// States is apt's extended_states: which packages nobody asked for by name.
type States struct {
	// Entries counts the paragraphs; without any, apt never wrote here, or
	// somebody emptied the file, and nothing can be told.
	Entries int
	auto    map[key]bool // Arch is "any" where the file names none
}

// ExtendedStates reads the file of that name. Text that is no paragraph is
// passed over, as apt does.
func ExtendedStates(text string) States {
	s := States{auto: make(map[key]bool)}
	for paragraph := range Paragraphs(text) {
		k, auto := key{arch: "any"}, false
		for name, value := range paragraph.Fields() {
			switch strings.ToLower(name) {
			case "package":
				k.name = value
			case "architecture":
				k.arch = value
			case "auto-installed":
				n, _ := strconv.Atoi(value)
				auto = n > 0
			}
		}
		if k.name == "" {
			continue
		}
		s.Entries++
		if auto && s.Entries <= maxPackages {
			s.auto[k] = true
		}
	}
	return s
}

// key names a package of one architecture. In the terms of apt's cache it may
// also be "python3:any" or "libc6:i386" of the architecture "any".
type key struct{ name, arch string }

// Auto reports whether a package was installed automatically. native is the
// architecture that packages for all architectures count as.
func (s States) Auto(p *Package, native string) bool {
	return s.auto[key{p.Name, "any"}] || s.auto[key{p.Name, archOf(p, native)}] || p.Arch == "all" && s.auto[key{p.Name, "all"}]
}

func archOf(p *Package, native string) string {
	if p.Arch == "all" {
		return native
	}
	return p.Arch
}
