package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// isAlike reports whether an edit below the floor is one more of a kind that the plan makes
// anyway, or that is worth it together: people ask why the others are left out. That holds for
// one flag, as --no-cache-dir for one pip of three, and for clean-ups of the same cache that
// save model.MinFloor each. All must be certain.
func (p *plan) isAlike(g *group) bool {
	f := &p.report.Findings[g.findings[0]]
	if !isCertainCache(f) || f.Fix.Strategy != model.Flag && (g.bytes < model.MinFloor || strings.Count("\n"+*f.Fix.Before, "\nRUN ") > maxAlike) {
		return false
	}
	var all int64
	for i := range p.report.Findings {
		other := &p.report.Findings[i]
		if other.Rule != f.Rule || !isCertainCache(other) || other.Fix.Strategy != f.Fix.Strategy || !p.opt.wanted(other) {
			continue
		}
		if saved := other.Bytes - stayBytes(other); f.Fix.Strategy == model.Flag || saved >= model.MinFloor {
			all += saved
		}
	}
	return all >= p.opt.Floor
}

// maxAlike is how many RUNs a clean-up below the floor may join.
const maxAlike = 3

// isBeside reports whether an edit below the floor takes a cache out of a RUN that another edit
// changes anyway, and touches no other: who reads that RUN asks why the cache is left. A little
// of it counts where the plan takes the same cache out of another RUN: like RUNs look alike.
func (p *plan) isBeside(g *group) bool {
	f := &p.report.Findings[g.findings[0]]
	if !isCertainCache(f) || strings.Contains(*f.Fix.Before, "\nRUN ") {
		return false
	}
	if g.bytes < model.MinFloor && (g.bytes == 0 || !slices.ContainsFunc(p.result.Applied, func(a Applied) bool { return a.Rule == f.Rule })) {
		return false
	}
	made := p.instructionOf(f)
	return made != nil && p.at[*made] != nil && p.at[*made].edited != ""
}

// isCertainCache reports whether a fix takes a cache out of the image by a flag or a clean-up,
// without which nothing that runs does anything else.
func isCertainCache(f *model.Finding) bool {
	rule, known := catalogue.ByID(f.Rule)
	return known && rule.Group == rules.Caches && rule.Confidence == model.Certain && f.Fix != nil && editKey(f.Fix) != "" &&
		(f.Fix.Strategy == model.Flag || f.Fix.Strategy == model.SameRunCleanup)
}

// flagLikeOnes gives the flag of an edit, or the mount in its place, to the other RUNs that call
// the same tool and for which there is no finding, as where a pip found all it needs installed:
// one line with the flag and the next without it looks like a mistake. It belongs to the first finding of its rule whose
// fix is the flag, so that each RUN is part of one change.
func (p *plan) flagLikeOnes(i int, made *Applied) {
	f := &p.report.Findings[i]
	if made.Strategy != model.Flag && made.Strategy != model.CacheMount || p.opt.Findings != nil || !isCertainCache(f) || p.firstFlag(f) != i {
		return
	}
	// Layers with a finding of their own. Mounts come behind all other edits, so a RUN that any of
	// those is for gets none: whether they are made must make no difference.
	held := make(map[int]bool)
	for k := range p.report.Findings {
		g := &p.report.Findings[k]
		if other := made.Strategy == model.CacheMount && p.opt.wanted(g) && editKey(g.Fix) != ""; g.Layer != nil && (other || g.Rule == f.Rule) {
			held[*g.Layer] = true
		}
	}
	var places []string
	for at := 0; at < len(p.build.Instructions); at++ {
		layer := p.layerOf(at)
		if layer < 0 || held[layer] || p.at[at] == nil || p.at[at].edited != "" || p.build.Instructions[at].Inherited || rewrite.Keyword(p.at[at].text) != "RUN" {
			continue
		}
		like := *f
		like.Layer, like.Instruction, like.HiddenBy, like.Cause, like.Fix = model.Ptr(layer), model.Ptr(at), nil, nil, &model.Fix{Summary: "there is no edit"}
		if rule, _ := catalogue.ByID(f.Rule); rule == nil || rule.Fix(&like, p.build).Strategy != model.Flag {
			continue // the tool is not called there, or has the flag
		}
		e, why := p.propose(&like)
		if why != "" || e.strategy != made.Strategy || e.isDone() || len(e.before) != 1 || p.otherStages(e, &like) != "" {
			continue
		}
		line := p.at[at].line
		if more, why := p.apply(e, f.Rule); why == "" {
			made.Instructions = append(made.Instructions, more.Instructions...)
			made.Line = min(made.Line, more.Line)
			places = append(places, fmt.Sprint(line))
		}
	}
	if len(places) > 0 {
		slices.Sort(made.Instructions)
		made.Instructions = slices.Compact(made.Instructions)
		made.Summary += " So that all calls are alike, line " + strings.Join(places, " and line ") + " gets it too."
	}
}

// firstFlag returns the first finding of a finding's rule whose fix is a flag that the plan wants.
func (p *plan) firstFlag(f *model.Finding) int {
	return slices.IndexFunc(p.report.Findings, func(other model.Finding) bool {
		return other.Rule == f.Rule && isCertainCache(&other) && other.Fix.Strategy == model.Flag && p.opt.wanted(&other)
	})
}
