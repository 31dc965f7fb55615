package deb

import (
	"slices"
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
	roots  []Root // by package
	holds  bool   // dpkg's holds count
	effort int
}

func newApt(s System) *apt {
	if s.Config == nil {
		s.Config = &Config{}
	}
	a := &apt{effort: maxEffort, holds: !s.Config.bool("APT::Ignore-Hold", false)}
	a.universe = newUniverse(s.Packages, s.Config.text("APT::Architecture", s.Native), s.Foreign)
	a.rules = newRules(a.universe, s.Config, &a.effort)
	never := matcher(s.Config.list("APT::NeverAutoRemove"), &a.effort)
	forced := s.Config.list("pkgCacheGen::ForceEssential")
	if forced == nil {
		forced = []string{"apt"}
	}
	essential := make(map[string]bool)
	for _, name := range append(forced, s.Config.list("pkgCacheGen::ForceImportant")...) {
		essential[name] = true
	}
	a.roots = make([]Root, len(a.packages))
	for i, p := range a.packages {
		switch {
		case p.Essential, p.Protected, p.Priority == "required", essential[p.Name]:
			a.roots[i] = Essential
		case !s.States.Auto(p, a.native), a.holds && p.Want == "hold", never(p.Name), a.protected(p.Name):
			a.roots[i] = Manual
		}
	}
	return a
}

// removable says of each package whether apt-get autoremove would take it away
// when wants up to the given kind keep a package: DoAutomaticRemove in
// apt-private/private-install.cc.
func (a *apt) removable(follow kind) ([]bool, error) {
	gone := make([]bool, len(a.packages))
	for i, p := range a.packages {
		gone[i] = p.halfRemoved() && a.roots[i] != Essential && !(a.holds && p.Want == "hold")
	}
	marked, err := a.reach(follow, gone)
	if err != nil {
		return nil, err
	}
	for i := range gone {
		gone[i] = gone[i] || !marked[i]
	}
	return gone, nil
}

// reach marks all that the roots need.
func (a *apt) reach(follow kind, gone []bool) ([]bool, error) {
	if a.effort < 0 {
		return nil, errEffort // matching patterns took it
	}
	w := a.newWalk(a.rules, follow, gone, &a.effort)
	for i, root := range a.roots {
		if root == NoRoot {
			continue
		}
		if err := w.mark(int32(i), 0); err != nil {
			return nil, err
		}
	}
	return w.marked, nil
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
