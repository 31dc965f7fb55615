package installs

import (
	"slices"
	"strings"
)

// alternatives are packages that count as needed only because something needs one of several:
// without recommended packages apt takes the first of those, which may be another.
var alternatives = []struct {
	pair
	among string // patterns of the several
}{
	{pair{of: drawers, keep: "fonts-liberation* fonts-crosextra-*", why: "without its metrics text would look different"}, "fonts-*"},
	{pair{of: "libopenmpi-dev", keep: "gfortran", when: fortranMPI, why: "its wrappers call it"}, "gfortran gfortran-[0-9]*"},
	{pair{of: "aspell php*-pspell libtext-aspell-perl python3-aspell", keep: "aspell-*", calls: "aspell", why: "it knows no word without a dictionary"}, "aspell-* hunspell-* myspell-* i*american i*british"},
}

// alternatives names such packages where something has a use for just those.
func (k *keeper) alternatives() {
	for i := range alternatives {
		a := &alternatives[i]
		of := k.holder(&a.pair)
		if of == "" || a.pair.calls != "" && !slices.Contains(k.asked, of) && k.facts.calls.called(strings.Fields(a.pair.calls)...) == "" {
			continue // what may call anything does not ask for just those
		}
		if a.pair.when != nil && a.pair.when(k.facts) == "" {
			continue
		}
		for at := range k.Packages {
			p := &k.Packages[at]
			if p.Layer == k.layer && p.Reason != "manual" && k.stays[at] && matchesAny(a.keep, p.Name) && k.isOneOf(at, a.among) && !k.isHollow(at) {
				k.chosen[at] = true
				k.kept = append(k.kept, Kept{Name: p.Name, Why: of + " is installed: " + a.why})
			}
		}
	}
}

// isOneOf reports whether what needs a package needs another of a kind, too, as far as is
// known.
func (k *keeper) isOneOf(i int, kind string) bool {
	by, ok := k.byName[k.Packages[i].NeededBy]
	if !ok || by >= len(k.image.needs) {
		return false
	}
	for _, n := range k.image.needs[by] {
		if int(n) != i && matchesAny(kind, k.Packages[n].Name) {
			return true
		}
	}
	return false
}
