package changes

import (
	"slices"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
)

// flagsOf returns what makes tare fix write a complete change, nil where nothing does. Reports
// print it as a command to type, so it is a promise: what the plan makes needs no flag, another
// edit needs its rule's name, and a build stage that can be worked out, and settles the change's
// largest finding, needs its strategy.
func (l *list) flagsOf(d *draft, result *fix.Result) *string {
	isLargest := func(finding int) bool { return l.report.Findings[finding].ID == d.ID }
	switch {
	case d.planned:
		return model.Ptr("")
	case d.Kind == model.EditChange:
		return model.Ptr("--rule " + l.report.Findings[d.findings[slices.IndexFunc(d.findings, isLargest)]].Rule)
	case result.Offer != nil && slices.ContainsFunc(result.Offer.Findings, isLargest):
		return model.Ptr("--strategy multi-stage")
	}
	// What takes for granted what only its author knows is written for who asks for the rule.
	if i := slices.IndexFunc(d.findings, isLargest); i >= 0 {
		if f := &l.report.Findings[d.findings[i]]; f.Fix != nil && f.Fix.Guess != "" && f.Fix.After != nil {
			return model.Ptr("--rule " + f.Rule)
		}
	}
	return nil
}
