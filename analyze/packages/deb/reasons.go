package deb

import (
	"cmp"
	"slices"
)

// Why says how a package is kept, the strongest reason first.
type Why uint8

const (
	WhyUnknown     Why = iota // not installed, or too tangled to tell
	WhyEssential              // a root that no system does without
	WhyManual                 // a root somebody chose
	WhyDependency             // a root needs it
	WhyRecommended            // only a Recommends keeps it
	WhySuggested              // not even that: only a Suggests
	WhyOrphan                 // nothing keeps it, or its removal broke off
)

// Reason is why a package is installed.
type Reason struct {
	Why Why
	// By names, in byte order, the packages whose Recommends (or Suggests)
	// brought it, seen from outside: from what would stay without it.
	By []string
	// Via is the recommended package that in turn depends on this one. By is
	// about Via then: "python3-pip recommends build-essential, which brings gcc".
	// It is "" for a package that is recommended itself.
	Via string
	// NeededBy is the package that depends on this one: of several the one that
	// is nearest to what was asked for, or recommended. It is "" for those.
	NeededBy string
}

// Reasons says, for each of the system's packages, why it is installed. The
// error means that relations are too tangled to be followed.
func Reasons(s System) ([]Reason, error) {
	a := newApt(s)
	var gone [3][]bool
	for follow := depends; follow <= suggests; follow++ {
		var err error
		if gone[follow], err = a.removable(follow); err != nil {
			return make([]Reason, len(s.Packages)), err
		}
	}
	reasons := make([]Reason, len(a.packages))
	for i := range reasons {
		reasons[i].Why = why(a.roots[i], gone[depends][i], gone[recommends][i], gone[suggests][i])
	}
	for _, list := range []struct {
		kind kind
		why  Why
	}{{recommends, WhyRecommended}, {suggests, WhySuggested}} {
		if err := a.blame(reasons, list.kind, list.why); err != nil {
			return make([]Reason, len(s.Packages)), err
		}
	}
	a.need(reasons)
	out := make([]Reason, len(s.Packages))
	for i := range s.Packages {
		p := &s.Packages[i]
		if at, ok := a.real[key{p.Name, archOf(p, a.native)}]; ok && a.packages[at] == p {
			out[i] = reasons[at]
		}
	}
	return out, nil
}

func why(root Root, bare, withRecommends, withSuggests bool) Why {
	switch {
	case withRecommends && withSuggests:
		return WhyOrphan
	case withRecommends:
		return WhySuggested
	case bare:
		return WhyRecommended
	case root == Essential:
		return WhyEssential
	case root == Manual:
		return WhyManual
	}
	return WhyDependency
}

// blame fills in By and Via of the packages with one reason. It goes outwards in
// rings: first what is recommended by packages with a stronger reason, with all
// that needs; then what those recommend in turn; and so on. So a package inside
// of a ring is never blamed for the ring, although it may well recommend it.
func (a *apt) blame(reasons []Reason, by kind, reason Why) error {
	w := a.newWalk(a.rules, by, make([]bool, len(a.packages)), &a.effort)
	var ring, inside []int32
	for i := range reasons {
		switch {
		case reasons[i].Why == reason:
			inside = append(inside, int32(i))
		case reasons[i].Why < reason:
			ring = append(ring, int32(i))
		}
	}
	a.sortByName(ring)
	placed := make([]bool, len(reasons))
	for len(ring) > 0 && len(inside) > 0 {
		heads, err := a.heads(w, ring, by, func(c int32) bool { return reasons[c].Why == reason && !placed[c] }, reasons)
		if err != nil {
			return err
		}
		for _, h := range heads {
			placed[h] = true
		}
		if ring, err = a.bring(w, heads, by-1, reason, reasons, placed); err != nil {
			return err
		}
	}
	return nil
}

// need fills in NeededBy of the dependencies. What an essential package needs
// would be there without the others that need it, too. Where relations are too
// tangled for this as well, the reasons stand without it.
func (a *apt) need(reasons []Reason) {
	w := a.newWalk(a.rules, depends, make([]bool, len(a.packages)), &a.effort)
	placed := make([]bool, len(reasons))
	for _, root := range []Why{WhyEssential, WhyManual} {
		var roots []int32
		for i := range reasons {
			if reasons[i].Why == root {
				roots = append(roots, int32(i))
			}
		}
		a.sortByName(roots)
		if _, err := a.bring(w, roots, depends, WhyDependency, reasons, placed); err != nil {
			return
		}
	}
}

// heads finds what a ring recommends and notes who does.
func (a *apt) heads(w *walk, ring []int32, by kind, free func(int32) bool, reasons []Reason) ([]int32, error) {
	var heads []int32
	for _, p := range ring {
		for _, d := range a.wants[p] {
			if d.kind != by {
				continue
			}
			chosen, _, err := w.choose(d)
			if err != nil {
				return nil, err
			}
			for _, c := range chosen {
				if !free(c) {
					continue
				}
				if reasons[c].By == nil {
					heads = append(heads, c)
				}
				if name := a.packages[p].Name; !slices.Contains(reasons[c].By, name) && len(reasons[c].By) < maxBy {
					reasons[c].By = append(reasons[c].By, name)
				}
			}
		}
	}
	for _, h := range heads {
		slices.Sort(reasons[h].By)
	}
	a.sortByName(heads)
	return heads, nil
}

// maxBy is how many packages are named as the ones that recommend another.
const maxBy = 100

// bring follows what heads need, and returns all of it with the heads: the next
// ring. What several heads bring goes to the nearest.
func (a *apt) bring(w *walk, heads []int32, follow kind, reason Why, reasons []Reason, placed []bool) ([]int32, error) {
	ring := slices.Clone(heads)
	for next := 0; next < len(ring); next++ {
		p := ring[next]
		for _, d := range a.wants[p] {
			if d.kind > follow {
				continue
			}
			chosen, _, err := w.choose(d)
			if err != nil {
				return nil, err
			}
			for _, c := range chosen {
				if placed[c] || reasons[c].Why != reason {
					continue
				}
				placed[c] = true
				reasons[c].NeededBy = a.packages[p].Name
				if reason != WhyDependency {
					reasons[c].By = reasons[p].By
					reasons[c].Via = cmp.Or(reasons[p].Via, a.packages[p].Name)
				}
				ring = append(ring, c)
			}
		}
	}
	return ring, nil
}

func (a *apt) sortByName(list []int32) {
	slices.SortStableFunc(list, func(i, j int32) int { return cmp.Compare(a.packages[i].Name, a.packages[j].Name) })
}
