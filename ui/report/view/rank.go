package view

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
)

// Ranked returns a report's findings in another order: risks first, the surest above, then waste before
// what is only worth a look, then the most bytes; equals stay as they are.
func Ranked(r *model.Report) []*model.Finding {
	order := make([]*model.Finding, len(r.Findings))
	for i, at := range RankedIndexes(r) {
		order[i] = &r.Findings[at]
	}
	return order
}

// RankedIndexes returns the indexes of the findings in the order of Ranked.
func RankedIndexes(r *model.Report) []int {
	risky := riskSet(r)
	order := make([]int, len(r.Findings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		f, g := &r.Findings[a], &r.Findings[b]
		return cmp.Or(rank(f, risky)-rank(g, risky), doubt(f, risky)-doubt(g, risky), cmp.Compare(g.Bytes, f.Bytes))
	})
	return order
}

// doubt orders risks: the surest stand first.
func doubt(f *model.Finding, risky map[string]bool) int {
	if !risky[f.ID] {
		return 0
	}
	return slices.Index([]model.Confidence{model.Certain, model.Likely, model.Possible}, f.Confidence)
}

func rank(f *model.Finding, risky map[string]bool) int {
	switch {
	case risky[f.ID]:
		return 0
	case f.Bytes == 0:
		return 3
	case f.Wasted():
		return 1
	}
	return 2
}

// riskSet returns the ids of a report's risks; none for no report.
func riskSet(r *model.Report) map[string]bool {
	if r == nil {
		return nil
	}
	risky := make(map[string]bool, len(r.Risks))
	for _, id := range r.Risks {
		risky[id] = true
	}
	return risky
}
