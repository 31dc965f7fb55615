package installs

import (
	"cmp"
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
			if k.gone[at] && !k.stays[at] && matchesAny(p.keep, k.Packages[at].Name) && k.isMeant(at, p) {
				keeps = append(keeps, at)
			}
		}
		if len(keeps) == 0 {
			continue
		}
		if why := k.applies(p, keeps); why != "" {
			if p.offered {
				k.before = container
			}
			for _, at := range keeps {
				k.keep(at, why)
				more = more || k.stays[at]
			}
			k.before = 0
		}
	}
	return more
}

// isMeant reports whether a pair speaks of a package by the way that it came.
func (k *keeper) isMeant(at int, p *pair) bool {
	switch {
	case !k.direct(at, p), p.brought && !k.comesOf(at, p.of), p.calls != "" && k.isSpent(at, p.calls):
		return false
	case k.late != nil && k.late[at] && p.of != "" && !k.isEarly(p.of):
		return false // what the pair is about comes along with it
	}
	return !p.offered || k.Packages[at].Via == "" && slices.ContainsFunc(k.Packages[at].RecommendedBy, func(by string) bool {
		i, ok := k.byName[by]
		return ok && k.stays[i]
	})
}

// direct reports whether a package of a pattern with * is kept for its own sake: what it
// only brings along comes with it.
func (k *keeper) direct(i int, p *pair) bool {
	name := k.Packages[i].Name
	return slices.Contains(strings.Fields(p.keep), name) || k.Packages[i].NeededBy == "" || !k.gone[max(k.byName[k.Packages[i].NeededBy], 0)]
}

// comesOf reports whether a package is there because of one of those that patterns name:
// it recommends or needs it, or what it recommends or needs does and stays itself.
func (k *keeper) comesOf(i int, patterns string) bool {
	for at := range k.reasons(i, func(at int) bool { return at != i && !k.stays[at] }) {
		if at != i && matchesAny(patterns, k.Packages[at].Name) {
			return true
		}
	}
	return false
}

// applies returns why a pair's packages stay, "" where they do not.
func (k *keeper) applies(p *pair, keeps []int) string {
	of := ""
	if p.of != "" {
		if of = cmp.Or(k.holder(p), k.elsewhere(p, keeps)); of == "" {
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
	return of + " is installed: " + p.why
}

// holder returns the package for whose sake a pair's packages stay: one that the install
// names, or one that stays and that is used.
func (k *keeper) holder(p *pair) string {
	for _, name := range k.asked {
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

// elsewhere returns a package of another install of the image that was asked for and
// recommends one of those that would go. A later install that says nothing about
// recommended packages would bring it by itself.
func (k *keeper) elsewhere(p *pair, keeps []int) string {
	for i := range k.Packages {
		q := &k.Packages[i]
		if q.Layer == k.layer || q.Reason != "manual" || q.Layer >= len(k.Layers) || k.Layers[q.Layer].Inherited || !matchesAny(p.of, q.Name) {
			continue
		}
		if !slices.ContainsFunc(keeps, func(at int) bool { return slices.Contains(k.Packages[at].RecommendedBy, q.Name) }) {
			continue
		}
		if q.Layer < k.layer || len(k.again(nil, []string{q.Name})) == 0 {
			return q.Name
		}
	}
	return ""
}

// matches reports whether a name matches a pattern with *.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
