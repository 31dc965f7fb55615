package packages

import (
	"cmp"
	"maps"
	"slices"
)

// asked is what a manager's database says of why a package is there.
type asked uint8

const (
	byNobody asked = iota // it came because something needed it
	byName
	unsaid
)

// explainAsked gives the packages of a manager their reasons: manual for what was asked
// for, dependency for what that needs, rest for what nothing asks for any more. said
// tells by row; what each package depends on must be known.
func (d *Database) explainAsked(manager string, said []asked, rest Reason) {
	walked, at := make([]apkPackage, len(said)), make([]int, len(said))
	for row := range at {
		at[row] = -1
	}
	var world []string
	for i := range d.Packages {
		p := &d.Packages[i]
		if p.Manager != manager || p.State == ConfigFiles || p.row < 0 || p.row >= len(said) {
			continue
		}
		at[p.row] = i
		walked[p.row] = apkPackage{name: p.Name, provides: p.answersTo()[1:]}
		if p.Slot != "" {
			// Its own name is what the slots of a package share.
			walked[p.row].name, walked[p.row].provides = p.Name+":"+p.Slot, []string{p.Name}
		}
		for _, on := range p.dependsOn() {
			walked[p.row].depends = append(walked[p.row].depends, on.name)
		}
		if said[p.row] != byNobody {
			world = append(world, walked[p.row].name)
		}
	}
	reasons, neededBy := apkReasons(walked, world, true)
	inReport := make(map[string]string, len(walked)) // by their names in the walk
	for row := range walked {
		if at[row] >= 0 {
			inReport[walked[row].name] = d.Packages[at[row]].Name
		}
	}
	for row := range walked {
		if at[row] < 0 {
			continue
		}
		p := &d.Packages[at[row]]
		switch {
		case said[row] == unsaid:
			p.Reason = Unknown
		case reasons[row] == Orphan:
			p.Reason = rest
		default:
			p.Reason, p.NeededBy = reasons[row], inReport[neededBy[row]]
		}
	}
}

// explainWished keeps what is an orphan up to now, but what stays would like to have, and
// what that needs and would like: for the reason as, recommended or suggested. wishes are
// names by row. It comes after explainAsked.
func (d *Database) explainWished(manager string, as Reason, wishes func(p *Package) []string) {
	w := wished{d: d, as: as, providers: make(map[string][]int)}
	var kept []int
	for i := range d.Packages {
		p := &d.Packages[i]
		if p.Manager != manager || p.State == ConfigFiles {
			continue
		}
		for _, name := range p.answersTo() {
			w.providers[name] = append(w.providers[name], i)
		}
		if p.Reason != Orphan {
			kept = append(kept, i)
		}
	}
	for len(kept) > 0 {
		asking := make(map[string][]string) // who wishes for a name
		for _, i := range kept {
			p := &d.Packages[i]
			for _, name := range wishes(p) {
				if by := asking[name]; len(by) < maxWishes {
					asking[name] = append(by, p.Name)
				}
			}
		}
		kept = w.keep(asking)
	}
}

// wished is what explainWished knows: the reason it gives, and the packages that answer to
// a name, without those that have been looked at.
type wished struct {
	d         *Database
	as        Reason
	providers map[string][]int
}

// take returns the orphans that answer to a name. They are kept from then on, so a name is
// good for one look: that many packages ask for it costs no more.
func (w *wished) take(name string) []int {
	all := w.providers[name]
	delete(w.providers, name)
	return slices.DeleteFunc(all, func(k int) bool { return w.d.Packages[k].Reason != Orphan })
}

// keep keeps the packages that others wish for and what they need, and returns them all.
func (w *wished) keep(asking map[string][]string) (kept []int) {
	by := make(map[int][]string)
	for _, name := range slices.Sorted(maps.Keys(asking)) {
		for _, k := range w.take(name) {
			if len(by[k]) < maxWishes {
				by[k] = append(by[k], asking[name]...)
			}
		}
	}
	for i := range by {
		slices.Sort(by[i])
		p := &w.d.Packages[i]
		p.Reason, p.RecommendedBy = w.as, slices.Compact(by[i])
		kept = append(kept, i)
	}
	slices.Sort(kept)
	for at := 0; at < len(kept); at++ {
		p := &w.d.Packages[kept[at]]
		for _, on := range p.dependsOn() {
			for _, k := range w.take(on.name) {
				q := &w.d.Packages[k]
				q.Reason, q.RecommendedBy, q.Via, q.NeededBy = w.as, p.RecommendedBy, cmp.Or(p.Via, p.Name), p.Name
				kept = append(kept, k)
			}
		}
	}
	return kept
}

// maxWishes is how many packages are remembered that wish for one.
const maxWishes = 100
