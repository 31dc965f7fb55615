// Package gate holds a finished report against limits: it says of each whether
// the image keeps it, with the figure, and which findings the figure counts, so
// that a person knows what to fix. It is arithmetic on a report and nothing
// else: no files, no clock, no terminal.
//
// The gate looks at a scope. Own, the default, is what the image's author can
// fix: findings that are not inherited, but for the base image's copy of a
// package database, which the first run of a package manager above it hides
// whatever one writes. All is every finding. What counts as wasted are findings
// of confidence certain and likely, less what the settings tell to ignore.
//
// Efficiency, and a share of waste, are of the scope's size: for own that is the
// size of the own layers and of those bytes of the base that own layers hide.
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
	Scope   string    // of limits that name none; "" is model.ScopeOwn
	Limits  []Limit   // in any order; see Sort
	Ignores []Ignore  // what does not count
	Today   time.Time // decides which ignores have expired, by its date in UTC
	Notes   []string  // what a person should know besides
}

// DefaultEfficiency is the limit of a gate that nobody gave one.
const DefaultEfficiency MinEfficiency = 0.9

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
	scales := map[string]*scale{}
	guessed := false // passed only because of where the base image seems to end
	for _, limit := range sorted(o.Limits) {
		scope := limit.Scope
		if scope == "" {
			scope = o.Scope
		}
		if scales[scope] == nil {
			scales[scope] = newScale(r, scope, suppressed)
		}
		t, err := limit.Bound.judge(scales[scope])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", limit.Bound.Name(), err)
		}
		t.Name, t.From = limit.Bound.Name(), limit.From
		guessed = guessed || t.Passed && scope == model.ScopeOwn && isGuess(&r.Image.Base) && t.Name != NameMaxGrowth && !passes(r, limit.Bound, suppressed)
		c.Thresholds = append(c.Thresholds, t)
	}
	if guessed {
		c.Notes = append(slices.Clone(c.Notes), fmt.Sprintf("judging by the history, the first %s are the base image, so their waste does not count; -f or --base makes sure", display.Plural(r.Image.Base.Layers, "layer")))
	}
	c.Thresholds = append(c.Thresholds, suppressed.expired...)
	c.Passed = !slices.ContainsFunc(c.Thresholds, func(t model.Threshold) bool { return !t.Passed })
	return c, nil
}

// isGuess reports whether the history alone tells where a base image ends, and may be
// wrong: one layer to begin with is a base nearly always.
func isGuess(b *model.Base) bool { return b.How == model.BaseByHistory && b.Layers > 1 }

// passes reports whether the whole image would keep a bound, its base included.
func passes(r *model.Report, b Bound, p *suppression) bool {
	t, err := b.judge(newScale(r, model.ScopeAll, p))
	return err != nil || t.Passed
}

// Wasted says how many bytes of a scope, and of what size, the gate counts as
// wasted where nothing is ignored.
func Wasted(r *model.Report, scope string) (wasted, size int64) {
	s := newScale(r, scope, newSuppression(r))
	return s.wasted, s.size
}
