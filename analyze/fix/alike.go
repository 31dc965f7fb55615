package fix

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/model"
)

// isAlike reports whether an edit below the floor is one flag more of a kind that the plan
// gives another command anyway, as --no-cache-dir for one pip of three: people ask why the
// others are left out. It must be certain, and save model.MinFloor.
func (p *plan) isAlike(g *group) bool {
	f := &p.report.Findings[g.findings[0]]
	return g.bytes >= model.MinFloor && isCertainFlag(f) && slices.ContainsFunc(p.report.Findings, func(other model.Finding) bool {
		return other.Rule == f.Rule && isCertainFlag(&other) && p.opt.wanted(&other) && other.Bytes-stayBytes(&other) >= p.opt.Floor
	})
}

// isCertainFlag reports whether the fix of a finding gives a command a flag without which
// nothing that runs does anything else.
func isCertainFlag(f *model.Finding) bool {
	rule, known := catalogue.ByID(f.Rule)
	return known && rule.Group == rules.Caches && rule.Confidence == model.Certain && f.Fix != nil && f.Fix.Strategy == model.Flag
}
