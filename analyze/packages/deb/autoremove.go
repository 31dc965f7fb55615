package deb

import (
	"slices"
	"strings"
)

// Root is why apt keeps a package whatever depends on it.
type Root uint8

const (
	NoRoot    Root = iota // only as long as something needs it
	Essential             // Essential, Protected, priority required, or apt itself
	Manual                // asked for by name, on hold, or protected by configuration
)

// System is what an image says about its Debian packages.
type System struct {
	Packages []Package
	States   States
	Config   *Config
	// Foreign are the architectures of /var/lib/dpkg/arch beside the native one.
	Foreign []string
	// Native is APT::Architecture; "" finds it out from the packages.
	Native string
}

// apt answers questions about one System.
type apt struct {
	*universe
	rules
	config *Config
	roots  []Root // by package
	effort int
}

func newApt(s System) *apt {
	if s.Config == nil {
		s.Config = &Config{}
	}
	a := &apt{config: s.Config, effort: maxEffort}
	a.universe = newUniverse(s.Packages, s.Config.text("APT::Architecture", s.Native), s.Foreign)
	a.rules = newRules(a.universe, s.Config)
	never := matcher(s.Config.list("APT::NeverAutoRemove"))
	essential := []string{"apt"}
	if forced := s.Config.list("pkgCacheGen::ForceEssential"); forced != nil {
		essential = forced
	}
	essential = append(essential, s.Config.list("pkgCacheGen::ForceImportant")...)
	holds := !s.Config.bool("APT::Ignore-Hold", false)
	a.roots = make([]Root, len(a.packages))
	for i, p := range a.packages {
		switch {
		case p.Essential, p.Protected, p.Priority == "required", slices.Contains(essential, p.Name):
			a.roots[i] = Essential
		case !s.States.Auto(p, a.native), holds && p.Want == "hold", never(p.Name), a.protected(p.Name):
			a.roots[i] = Manual
		}
	}
	return a
}

// removable says of each package whether apt-get autoremove would take it away
// when wants up to the given kind keep a package: DoAutomaticRemove in
// apt-private/private-install.cc.
func (a *apt) removable(follow kind) ([]bool, error) {
	roots := slices.Clone(a.roots)
	gone := make([]bool, len(a.packages))
	marked, err := a.reach(roots, follow, gone)
	if err != nil {
		return nil, err
	}
	byName := make([]int32, len(a.packages))
	for i := range byName {
		byName[i] = int32(i)
	}
	slices.SortStableFunc(byName, func(i, j int32) int { return strings.Compare(a.packages[i].Name, a.packages[j].Name) })
	for _, i := range byName {
		if marked[i] {
			continue
		}
		gone[i] = true
		// What a removed metapackage brought becomes the user's own choice.
		if !a.config.hasSection("APT::Never-MarkAuto-Sections", a.packages[i].Section) {
			continue
		}
		if err := a.adopt(i, roots, gone); err != nil {
			return nil, err
		}
		if marked, err = a.reach(roots, follow, gone); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// reach marks all that the roots need.
func (a *apt) reach(roots []Root, follow kind, gone []bool) ([]bool, error) {
	a.effort -= len(roots) + len(a.targets)
	w := a.newWalk(a.rules, follow, gone, &a.effort)
	for i := range roots {
		if roots[i] == NoRoot {
			continue
		}
		if err := w.mark(int32(i), 0); err != nil {
			return nil, err
		}
	}
	return w.marked, nil
}

// adopt makes roots of the direct dependencies of a metapackage.
func (a *apt) adopt(meta int32, roots []Root, gone []bool) error {
	follow := depends
	if a.config.bool("APT::Install-Recommends", true) || a.config.hasSection("APT::Install-Recommends-Sections", a.packages[meta].Section) {
		follow = recommends
	}
	w := a.newWalk(a.rules, follow, make([]bool, len(a.packages)), &a.effort)
	for _, d := range a.wants[meta] {
		if d.kind > follow && !(d.kind == suggests && a.config.bool("APT::Install-Suggests", false)) {
			continue
		}
		chosen, _, err := w.choose(d)
		if err != nil {
			return err
		}
		for _, c := range chosen {
			if roots[c] == NoRoot && !gone[c] {
				roots[c] = Manual
			}
		}
	}
	return nil
}

// Removable names what apt-get autoremove would remove, in byte order, with
// RecommendsImportant and SuggestsImportant of APT::AutoRemove set as told. A
// package of another than the native architecture is named "libc6:i386".
func Removable(s System, recommended, suggested bool) ([]string, error) {
	follow := depends
	switch {
	case suggested:
		follow = suggests
	case recommended:
		follow = recommends
	}
	a := newApt(s)
	gone, err := a.removable(follow)
	if err != nil {
		return nil, err
	}
	var names []string
	for i, p := range a.packages {
		if gone[i] {
			name := p.Name
			if arch := archOf(p, a.native); arch != a.native {
				name += ":" + arch
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
