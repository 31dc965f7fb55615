// Package gate checks a finished report against limits. For each limit it reports whether the
// image keeps it, with the figure and the findings that the figure counts, so that a person
// knows what to fix. It is arithmetic on a report and nothing else: no files, no clock, no terminal.
//
//	check, err := gate.Judge(report, gate.Options{…}) // check.Passed
//
// People switch a gate off when it fails because of something that they cannot change, or that is
// not worth their time. So limits on waste count only what fixes would remove, and only if that
// reaches the floor in sum; a limit on single fixes counts those that save at least the floor.
// What every run of a package manager leaves behind, and what only another base image would
// avoid, never counts.
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

// Options are the limits for an image, and what they are computed from.
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

// Default are the limits if the user sets none.
//
// A well-made image must pass whatever its size, and a mistake must fail however large the
// image around it is. A share alone cannot do both: 20 MB of package lists are 40 % of a
// small image and 4 % of a large one. So a certain fix that is worth making fails the gate,
// because no program can need what it removes. A likely fix may remove something that is
// there on purpose, and fails only if it saves much: a tenth of the own bytes, or 10 MB. A
// risk has no bytes, and fails.
func Default() []Limit {
	return []Limit{{Bound: MinEfficiency(0.9)}, {Bound: MaxWasted{Bytes: 10_000_000}}, {Bound: FailOn(model.Certain)}, {Bound: DenyRisks}}
}

// DefaultFlags are the flags that ask for the same as Default.
const DefaultFlags = "--min-efficiency 0.9 --max-wasted 10MB --fail-on certain --deny risks"

// Judge compares a report with limits. It returns an error if a limit needs a figure that the
// report does not have; it never guesses one.
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

// besides gathers what the limits on growth need in addition to the report. The notes name
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
			notes = append(notes, fmt.Sprintf("%s let a growth through until %s (%s); that date has passed, so remove it", a.Where, a.Until, a.Reason))
		}
	}
	return j, notes, nil
}

// IsGrowth reports whether a limit compares the image with an older one.
func IsGrowth(name string) bool {
	_, ok := grownThings[name]
	return ok
}

// isGuess reports whether the end of the base image was guessed from the history alone and may
// be wrong. A base of one layer is nearly always right.
func isGuess(b *model.Base) bool { return b.How == model.BaseByHistory && b.Layers > 1 }

// passes reports whether the whole image, its base included, would be within a bound.
func passes(r *model.Report, b Bound, p *suppression, floor *Floor) bool {
	t, err := b.judge(newScale(r, model.ScopeAll, p, floor))
	return err != nil || t.Passed
}

// Counted returns how many bytes of a scope, and of what size, the limits on waste count where
// nothing is ignored; and in words what is avoidable and what of that does not count.
func Counted(r *model.Report, scope string) (bytes, size int64, why string) {
	s := newScale(r, scope, newSuppression(r), nil)
	sum := s.together(model.Likely)
	return sum.bytes, s.size, s.reason(&sum)
}

// NeedsTree reports whether the report's files must be known to judge.
func (o *Options) NeedsTree() bool {
	return slices.ContainsFunc(o.Ignores, func(g Ignore) bool { return !g.byRule() }) ||
		slices.ContainsFunc(o.Limits, func(l Limit) bool { return l.Bound.Name() == NameDenyPaths }) || o.NeedsContents()
}

// NeedsContents reports whether it must be known what each layer holds to judge.
func (o *Options) NeedsContents() bool {
	return slices.ContainsFunc(o.Limits, func(l Limit) bool { return l.Bound.Name() == NameMaxPulledAgain })
}
