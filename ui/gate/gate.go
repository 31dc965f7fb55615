// Package gate checks a finished report against limits. For each limit it reports whether the
// image keeps it, with the figure and the findings that the figure counts, so that a person
// knows what to fix. It is arithmetic on a report and nothing else: no files, no clock, no terminal.
//
//	check, err := gate.Judge(report, gate.Options{…}) // check.Passed
//
// A gate that fails because of something that nobody can change, or that is not worth a person's
// time, gets switched off. So limits on waste count what changes would remove, as soon as that
// reaches the floor, and a limit on single changes those that save at least the floor. What every run of a package manager leaves behind, and what only
// another base image could avoid, never counts.
//
// The gate looks at a scope (see [model.Scopes]). Own, the default, is what the image's own layers
// hold or hide. All is the base image, too, with the waste that it brings. Efficiency, and a
// share of waste, are computed from the size of the scope.
package gate

import (
	"fmt"
	"slices"
	"time"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// Options says what an image is held to.
type Options struct {
	Scope   string   // of limits that name none; "" is model.ScopeOwn
	Limits  []Limit  // in any order; see Sort
	Floor   *Floor   // what a change must save to count; nil is model.Floor
	Ignores []Ignore // what does not count
	Growth  *Growth  // since an older image, for limits on growth; nil without one
	Allowed []Allowance
	Today   time.Time // decides which ignores have expired, by its date in UTC
	Notes   []string  // what a person should know besides
}

// Default are the limits of a gate that nobody gave one.
//
// A well-made image must pass whatever its size, and a planted fault must fail however
// large the image around it is. So a share alone does not do: 20 MB of package lists
// are 40 % of a small image and 4 % of a large one. A change that tare is certain of is
// a fault wherever it is worth making, since no program can need what it takes away. One
// that is likely may be meant, and fails where it is much: a tenth of the own bytes, or
// 10 MB. A risk weighs nothing and fails.
func Default() []Limit {
	return []Limit{{Bound: MinEfficiency(0.9)}, {Bound: MaxWasted{Bytes: 10_000_000}}, {Bound: FailOn(model.Certain)}, {Bound: DenyRisks}}
}

// DefaultFlags are the flags that ask for the same as Default.
const DefaultFlags = "--min-efficiency 0.9 --max-wasted 10MB --fail-on certain --deny risks"

// Judge holds a report against limits. An error says that a limit needs what the
// report does not know: a gate that cannot count does not guess.
func Judge(r *model.Report, o Options) (*model.Check, error) {
	if r.Partial {
		return nil, fmt.Errorf("the report of %s covers only what was read before it was stopped; let tare read the whole image", r.Image.Reference)
	}
	if o.Scope == "" {
		o.Scope = model.ScopeOwn
	}
	suppressed, err := suppress(r, o.Ignores, o.Today)
	if err != nil {
		return nil, err
	}
	c := &model.Check{Scope: o.Scope, Passed: true, Ignored: suppressed.ignored, Notes: o.Notes}
	besides, notes, err := o.besides(r)
	if err != nil {
		return nil, err
	}
	c.Notes = slices.Concat(c.Notes, notes)
	scales := map[string]*scale{}
	guessed := false // passed only because of where the base image seems to end
	for _, limit := range sorted(o.Limits) {
		scope := limit.Scope
		if scope == "" {
			scope = o.Scope
		}
		if scales[scope] == nil {
			scales[scope] = newScale(r, scope, suppressed, o.Floor)
			scales[scope].judged = besides
		}
		t, err := limit.Bound.judge(scales[scope])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", limit.Bound.Name(), err)
		}
		t.Name, t.From = limit.Bound.Name(), limit.From
		guessed = guessed || t.Passed && scope == model.ScopeOwn && isGuess(&r.Image.Base) && !IsGrowth(t.Name) && !passes(r, limit.Bound, suppressed, o.Floor)
		c.Thresholds = append(c.Thresholds, t)
	}
	if guessed {
		c.Notes = append(slices.Clone(c.Notes), fmt.Sprintf("judging by the history, the first %s are the base image, so their waste does not count; -f or --base makes sure", display.Plural(r.Image.Base.Layers, "layer")))
	}
	c.Thresholds = append(c.Thresholds, suppressed.expired...)
	c.Passed = !slices.ContainsFunc(c.Thresholds, func(t model.Threshold) bool { return !t.Passed })
	return c, nil
}

// besides gathers what limits on growth ask besides the report. The notes tell of
// allowances that have expired.
func (o *Options) besides(r *model.Report) (judged, []string, error) {
	j := judged{growth: o.Growth, allowed: slices.Clone(o.Allowed), today: o.Today}
	if o.Growth == nil {
		return j, nil, nil
	}
	label, err := labelled(r)
	if err != nil {
		return j, nil, err
	}
	if label != nil {
		j.allowed = append(j.allowed, *label)
	}
	var notes []string
	for i := range j.allowed {
		if a := &j.allowed[i]; a.expired(o.Today) {
			notes = append(notes, fmt.Sprintf("%s let a growth through until %s (%s); that is over, so take it out", a.Where, a.Until, a.Reason))
		}
	}
	return j, notes, nil
}

// IsGrowth reports whether a limit is about what became of an older image.
func IsGrowth(name string) bool {
	_, ok := grownThings[name]
	return ok
}

// isGuess reports whether the history alone tells where a base image ends, and may be
// wrong: one layer to begin with is a base nearly always.
func isGuess(b *model.Base) bool { return b.How == model.BaseByHistory && b.Layers > 1 }

// passes reports whether the whole image would keep a bound, its base included.
func passes(r *model.Report, b Bound, p *suppression, floor *Floor) bool {
	t, err := b.judge(newScale(r, model.ScopeAll, p, floor))
	return err != nil || t.Passed
}

// Avoidable returns how many bytes of a scope, and of what size, the limits on waste
// count where nothing is ignored.
func Avoidable(r *model.Report, scope string) (bytes, size int64) {
	s := newScale(r, scope, newSuppression(r), nil)
	return s.together(model.Likely).bytes, s.size
}

// NeedsTree reports whether the report's files must be known to judge.
func (o *Options) NeedsTree() bool {
	return slices.ContainsFunc(o.Ignores, func(g Ignore) bool { return !g.byRule() }) ||
		slices.ContainsFunc(o.Limits, func(l Limit) bool { return l.Bound.Name() == NameDenyPaths })
}
