package packages

import "slices"

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

// explainSuggested keeps what is only suggested: what is an orphan up to now, but a
// package lists among what it can use, and what that needs. It comes after explainAsked.
func (d *Database) explainSuggested(manager string, suggests map[int][]string) {
	providers := make(map[string][]int)
	for i := range d.Packages {
		if p := &d.Packages[i]; p.Manager == manager {
			for _, name := range p.answersTo() {
				providers[name] = append(providers[name], i)
			}
		}
	}
	by := make(map[int][]string) // whose suggestion keeps a package
	for i := range d.Packages {
		p := &d.Packages[i]
		if p.Manager != manager {
			continue
		}
		for _, name := range suggests[p.row] {
			for _, k := range providers[name] {
				if d.Packages[k].Reason == Orphan && k != i && len(by[k]) < maxSuggesters {
					by[k] = append(by[k], p.Name)
				}
			}
		}
	}
	var queue []int
	for i := range d.Packages {
		if by[i] != nil {
			slices.Sort(by[i])
			d.Packages[i].Reason, d.Packages[i].RecommendedBy = Suggested, slices.Compact(by[i])
			queue = append(queue, i)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		p := &d.Packages[queue[0]]
		via := p.Via
		if via == "" {
			via = p.Name
		}
		for _, on := range p.dependsOn() {
			for _, k := range providers[on.name] {
				if q := &d.Packages[k]; q.Reason == Orphan {
					q.Reason, q.RecommendedBy, q.Via, q.NeededBy = Suggested, p.RecommendedBy, via, p.Name
					queue = append(queue, k)
				}
			}
		}
	}
}

// maxSuggesters is how many packages are remembered that suggest one.
const maxSuggesters = 100
