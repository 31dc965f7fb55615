package view

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
)

// Ranked returns the findings in another order: waste before what is only worth a look, then the most
// bytes first; equals stay as they are.
func Ranked(findings []model.Finding) []*model.Finding {
	order := make([]*model.Finding, len(findings))
	for i := range findings {
		order[i] = &findings[i]
	}
	slices.SortStableFunc(order, compareRank)
	return order
}

// compareRank compares two findings as Ranked orders them.
func compareRank(a, b *model.Finding) int {
	return cmp.Or(rank(a)-rank(b), cmp.Compare(b.Bytes, a.Bytes))
}

func rank(f *model.Finding) int {
	switch {
	case f.Bytes == 0:
		return 2
	case f.Wasted():
		return 0
	}
	return 1
}

// RankedIndexes returns the indexes of the findings in the order of Ranked.
func RankedIndexes(findings []model.Finding) []int {
	order := make([]int, len(findings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareRank(&findings[a], &findings[b]) })
	return order
}
