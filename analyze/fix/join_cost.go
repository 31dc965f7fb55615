package fix

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// What a join has to save: one byte of minShare that the joined RUNs store, and one of
// minPart that the RUN at their end takes away from all RUNs before it.
const (
	minShare = 10
	minPart  = 5
	minShut  = 2 // one byte of these where the join has to put a step in ( )

	minOfImage = 20 // and then one byte of these of what the image adds to its base

	// maxFetches is how many more RUNs of one edit may fetch the package lists for less than that.
	maxFetches = 4

	// maxJoined is how many RUNs a join takes that are not one step already: more of them are
	// several steps to whoever reads the file.
	maxJoined = 4
)

// costsMore returns why an edit that joins RUNs costs more than it gives: what it saves is
// little beside what it rearranges, which the builder caches as one from then on. It returns ""
// where the edit is worth it, and where somebody has asked for it. Package lists and other caches
// that a package manager fills are not weighed where the RUNs that share them are one step already
// (see advice.OneStep), or where the edit gives each RUN a clean-up of its own.
func (p *plan) costsMore(e *edit, g *group) string {
	f := &p.report.Findings[g.findings[0]]
	if len(p.opt.Rules) > 0 || e.strategy != model.SameRunCleanup && e.strategy != model.CacheMount || countRuns(e.after) == 0 {
		return ""
	}
	if countRuns(e.after) >= countRuns(e.before) || e.strategy == model.CacheMount {
		return p.fetchesTooOften(e, g)
	}
	if _, refilled := refillsOf(f); refilled && (countRuns(e.after) > 1 || advice.OneStep(p.build, e.from, e.to)) {
		return p.fetchesTooOften(e, g)
	}
	within := func(layer *int) bool {
		at := p.build.Step(layer)
		return at != nil && at.Index >= e.from && at.Index <= e.to && !slices.Contains(e.after, at.Text)
	}
	var saved, stored, hidden int64
	asked := make(map[int]bool, len(g.findings))
	for _, i := range g.findings {
		asked[i] = true
	}
	for i := range p.report.Findings {
		other := &p.report.Findings[i]
		if p.result.Saved[i] || other.Inherited {
			continue
		}
		if asked[i] || within(other.Layer) && other.HiddenBy != nil && within(other.HiddenBy) {
			saved += other.Bytes
		}
		if f.HiddenBy != nil && other.HiddenBy != nil && *other.HiddenBy == *f.HiddenBy && other.Rule == f.Rule {
			hidden += other.Bytes
		}
	}
	for l := range p.report.Layers {
		if within(&l) {
			stored += p.report.Layers[l].Size
		}
	}
	if runs := p.countOriginalRuns(e.from, e.to); runs > maxJoined && f.Rule != aptLists && countRuns(e.after) == 1 && !advice.OneStep(p.build, e.from, e.to) {
		return fmt.Sprintf("joining %d RUNs that do different things is too much to rearrange for %s", runs, installs.Megabytes(saved))
	}
	if saved*minPart < hidden {
		return fmt.Sprintf("joining the %d RUNs saves %s, but %s of what the last of them removes stay, since other RUNs made them", p.countRuns(e.from, e.to), installs.Megabytes(saved), installs.Megabytes(hidden-saved))
	}
	if (saved*minShut < stored || saved*minOfImage < p.report.Summary.Own.Size) && shutsMore(e) {
		return fmt.Sprintf("joining the %d RUNs saves %s of the %s that they store, too little for a RUN with parts in ( )", p.countRuns(e.from, e.to), installs.Megabytes(saved), installs.Megabytes(stored))
	}
	if saved*minShare < stored {
		return fmt.Sprintf("joining the %d RUNs saves %s of the %s that they store, too little to rearrange them", p.countRuns(e.from, e.to), installs.Megabytes(saved), installs.Megabytes(stored))
	}
	return ""
}

// countOriginalRuns counts the author's RUNs that instructions were made of: other edits may have joined some.
func (p *plan) countOriginalRuns(from, to int) (n int) {
	for _, piece := range p.at[from : to+1] {
		if piece == nil {
			continue
		}
		for _, origin := range piece.origins {
			n += countRuns(p.originals[origin : origin+1])
		}
	}
	return n
}

// fetchesTooOften returns why an edit costs more than it gives that lets many RUNs fetch the package
// lists anew: each build waits for all of them. "" where it does not.
func (p *plan) fetchesTooOften(e *edit, g *group) string {
	more := 0
	for _, c := range added(e.before, e.after) {
		if sub, _, apt := c.Apt(); apt && sub == "update" {
			more++
		}
	}
	if more <= maxFetches || g.bytes*minOfImage >= p.report.Summary.Own.Size {
		return ""
	}
	return fmt.Sprintf("%d more RUNs would fetch the package lists for %s", more, installs.Megabytes(g.bytes))
}

// shutsMore reports whether an edit puts steps in ( ) that its author did not.
func shutsMore(e *edit) bool {
	return rewrite.Subshells(e.after...) > rewrite.Subshells(e.before...)
}
