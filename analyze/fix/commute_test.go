package fix

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// TestChangesCommute: edits of different instructions are independent of each other. Each is
// made alone, and all of them together make the plan.
func TestChangesCommute(t *testing.T) {
	several, seeds := 0, imagetest.Rounds(150, 150, 1500)
	for seed := range uint64(seeds) {
		random := rand.New(rand.NewPCG(seed, 5))
		text := dockerfileOf(random)
		if valid([]byte(text)) != nil {
			continue
		}
		r := reportOf(t, text)
		r = reportOf(t, text, findingsFor(random, len(r.Layers))...)
		n, problem := dependent(r, text, Options{CacheMount: random.IntN(3) == 0})
		if problem != "" {
			t.Fatalf("seed %d: %s", seed, problem)
		}
		if n > 1 {
			several++
		}
	}
	if several < seeds/15 {
		t.Errorf("only %d plans had more than one change", several)
	}
}

// dependent makes each change of a plan alone, in the order and with the mounts that the plan
// has chosen, and says where they do not come to the plan together. n is how many changes there are.
func dependent(r *model.Report, text string, opt Options) (n int, problem string) {
	result, err := Plan(r, []byte(text), opt)
	if err != nil {
		return 0, ""
	}
	var all []udiff.Edit
	changes := changesOf(result)
	opt.order, opt.noMounts = result.order, result.noMounts
	var each strings.Builder
	for _, only := range changes {
		opt.only = only
		alone, err := Plan(r, []byte(text), opt)
		if err != nil {
			return 0, err.Error()
		}
		fmt.Fprintf(&each, "--- findings %v alone\n%s\n", only, alone.New)
		all = append(all, udiff.Lines(text, string(alone.New))...)
	}
	slices.SortStableFunc(all, func(a, b udiff.Edit) int { return a.Start - b.Start })
	if len(changes) < 2 {
		return len(changes), ""
	}
	together, err := udiff.Apply(text, all)
	if err != nil || together != string(result.New) {
		return len(changes), fmt.Sprintf("the changes do not go together: %v\n%s--- all\n%s\n--- each alone, put together\n%s\n--- before\n%s", err, each.String(), result.New, together, text)
	}
	return len(changes), ""
}

// changesOf returns the findings of each change: those of edits that share an instruction, and what
// such an edit removes besides.
func changesOf(result *Result) (changes [][]int) {
	var touched [][]int
	for _, a := range result.Applied {
		findings, at := slices.Concat(a.Findings, a.Also), slices.Clone(a.Instructions)
		for k := 0; k < len(changes); k++ {
			if overlap(touched[k], at) {
				findings, at = append(findings, changes[k]...), append(at, touched[k]...)
				changes, touched = slices.Delete(changes, k, k+1), slices.Delete(touched, k, k+1)
				k = -1
			}
		}
		slices.Sort(findings)
		changes, touched = append(changes, findings), append(touched, at)
	}
	return changes
}
