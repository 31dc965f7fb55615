package installs

import (
	"path"
	"slices"
	"strings"
)

// pairs asks the table about what stays, and reports whether more stays now.
func (k *keeper) pairs() (more bool) {
	for i := range pairs {
		p := &pairs[i]
		var keeps []int
		for at := range k.Packages {
			if k.gone[at] && !k.stays[at] && matchesAny(p.keep, k.Packages[at].Name) && k.direct(at, p) {
				keeps = append(keeps, at)
			}
		}
		if len(keeps) == 0 {
			continue
		}
		if why := k.applies(p); why != "" {
			for _, at := range keeps {
				k.keep(at, why)
				more = more || k.stays[at]
			}
		}
	}
	return more
}

// direct reports whether a package of a pattern with * is kept for its own sake: what it
// only brings along comes with it.
func (k *keeper) direct(i int, p *pair) bool {
	name := k.Packages[i].Name
	return slices.Contains(strings.Fields(p.keep), name) || k.Packages[i].NeededBy == "" || !k.gone[max(k.byName[k.Packages[i].NeededBy], 0)]
}

// applies returns why a pair's packages stay, "" where they do not.
func (k *keeper) applies(p *pair) string {
	of := ""
	if p.of != "" {
		if of = k.holder(p); of == "" {
			return ""
		}
	}
	if p.when != nil {
		return p.when(k.facts)
	}
	if p.calls != "" {
		if why := k.facts.calls.called(strings.Fields(p.calls)...); why != "" {
			return why
		}
	}
	return of + " is there: " + p.why
}

// holder returns the package for whose sake a pair's packages stay: one that the install
// names, or one that stays and that is used.
func (k *keeper) holder(p *pair) string {
	for _, name := range k.typed {
		if matchesAny(p.of, name) {
			return name
		}
	}
	for i := range k.Packages {
		name := k.Packages[i].Name
		if !k.stays[i] || k.Packages[i].Layer != k.layer || !matchesAny(p.of, name) {
			continue
		}
		if k.chosen[i] || p.calls == "" || k.facts.calls.called(strings.Fields(p.calls)...) != "" || k.anything() != "" {
			return name
		}
	}
	return ""
}

// matches reports whether a name matches a pattern with *.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
