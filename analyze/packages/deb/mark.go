package deb

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// errEffort says that the relations between the packages are too tangled to be
// followed; those of a large system take some hundredth of the effort allowed.
var errEffort = errors.New("too many relations to follow")

const (
	maxEffort = 2_000_000 // wants and answers looked at in all walks together
	// maxDepth is apt's own: beyond it, apt gives up and removes nothing.
	maxDepth = 3000
)

// rules are what apt's version and configuration say about the walk.
type rules struct {
	legacy    bool // apt before 2.3.3 follows names in another way
	kernel    func(name string) bool
	protected func(name string) bool // kernels to keep
}

// walk is one marking of what must stay: MarkPackage in apt-pkg/depcache.cc.
type walk struct {
	*universe
	rules
	follow   kind   // follow wants up to this kind
	gone     []bool // by package: removed already, so not there
	marked   []bool // by package
	explored []bool // by target: nothing more can come of it
	effort   *int
}

func (u *universe) newWalk(r rules, follow kind, gone []bool, effort *int) *walk {
	return &walk{
		universe: u, rules: r, follow: follow, gone: gone, effort: effort,
		marked: make([]bool, len(u.packages)), explored: make([]bool, len(u.targets)),
	}
}

// mark marks a package and all that it needs.
func (w *walk) mark(p int32, depth int) error {
	if w.marked[p] || w.gone[p] {
		return nil
	}
	if depth > maxDepth {
		return errEffort
	}
	w.marked[p] = true
	for _, d := range w.wants[p] {
		if *w.effort--; *w.effort < 0 {
			return errEffort
		}
		if d.kind > w.follow || w.explored[d.target] || w.legacy && w.isMarked(d.target) {
			continue
		}
		chosen, complete, err := w.choose(d)
		if err != nil {
			return err
		}
		w.explored[d.target] = complete && !w.legacy
		for _, c := range chosen {
			if err := w.mark(c, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// isMarked reports whether the package that a target names is marked.
func (w *walk) isMarked(target int32) bool {
	i, ok := w.real[w.targets[target]]
	return ok && w.marked[i]
}

// choose picks the packages that keep a want satisfied: all that answer to it,
// but of several from one source package only those of its newest version.
// Complete says that a want without a version could pick no other.
func (w *walk) choose(d want) (chosen []int32, complete bool, err error) {
	own, hasOwn, others := w.answers(d.target)
	complete = true
	fits := func(a answer) bool {
		if w.gone[a.owner] {
			return false
		}
		*w.effort -= len(d.relation.Version) / 8
		ok := d.relation.satisfiedBy(a.version)
		complete = complete && ok
		return ok
	}
	ownFits := hasOwn && fits(own)
	if ownFits && !w.legacy {
		chosen = append(chosen, own.owner)
	}
	for _, list := range others {
		if *w.effort -= len(list); *w.effort < 0 {
			return nil, false, errEffort
		}
		for _, a := range list {
			if fits(a) && !(w.legacy && ownFits && a.owner == own.owner) {
				chosen = append(chosen, a.owner)
			}
		}
	}
	chosen = w.newest(chosen)
	if ownFits && w.legacy {
		chosen = append(chosen, own.owner)
	}
	return chosen, complete, nil
}

// newest drops what an answer of the same source package and a newer version
// makes superfluous, and of several kernels all but the protected ones.
func (w *walk) newest(chosen []int32) []int32 {
	if len(chosen) < 2 {
		return chosen
	}
	bySource := make(map[string][]int32)
	var order []string
	seen := make(map[int32]bool, len(chosen))
	for _, c := range chosen {
		if seen[c] {
			continue
		}
		seen[c] = true
		source := w.packages[c].Source
		list, known := bySource[source]
		if !known {
			order = append(order, source)
		}
		switch newer := w.compareSource(c, list); {
		case newer < 0:
		case newer > 0:
			bySource[source] = []int32{c}
		default:
			bySource[source] = append(list, c)
		}
	}
	if w.legacy {
		order = slices.Sorted(maps.Keys(bySource))
	}
	chosen = nil
	for _, source := range order {
		list := bySource[source]
		if len(list) > 1 && !w.legacy {
			list = w.keptKernels(list)
		}
		chosen = append(chosen, list...)
	}
	return chosen
}

// compareSource reports whether a package's source version is newer (positive),
// the same, or older than that of those found so far.
func (w *walk) compareSource(p int32, found []int32) int {
	if len(found) == 0 {
		return 0
	}
	a, b := w.packages[p].SourceVersion, w.packages[found[0]].SourceVersion
	if c := CompareVersions(a, b); c != 0 {
		return c
	}
	return -min(strings.Compare(a, b)*strings.Compare(a, b), 1) // apt keeps one spelling only
}

func (w *walk) keptKernels(list []int32) []int32 {
	if !all(list, func(p int32) bool { return w.kernel(w.packages[p].Name) }) {
		return list
	}
	kept := slices.DeleteFunc(slices.Clone(list), func(p int32) bool { return !w.protected(w.packages[p].Name) })
	if len(kept) == 0 {
		return list
	}
	return kept
}

func all(list []int32, is func(int32) bool) bool {
	return !slices.ContainsFunc(list, func(p int32) bool { return !is(p) })
}
