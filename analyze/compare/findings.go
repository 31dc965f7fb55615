package compare

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
)

// findingKey tells findings apart. Steps are those of the new image.
type findingKey struct {
	rule     string
	wasted   bool
	step     int
	verdict  int
	cause    string
	hiddenBy int
	title    string // of one without bytes: a layer may hold secrets of several kinds
}

// Steps that stand for none, and for one that the new image has not.
const (
	noStep    = -1
	goneBelow = -2 // the step of the old image is taken off
)

// compareFindings lists the findings that came, went, grew or shrank. What is
// wasted in one image and only worth a look in the other is two findings.
func (c *comparison) compareFindings() []model.FindingChange {
	successor := c.successors()
	step := func(p *build, instruction, layer *int) int {
		at := p.find(instruction, layer)
		if at >= 0 && p == c.from {
			return successor[at]
		}
		return at
	}
	exact := func(p *build, f *model.Finding) findingKey {
		k := findingKey{rule: f.Rule, wasted: f.Wasted(), step: step(p, f.Instruction, f.Layer), verdict: -1, hiddenBy: noStep}
		if f.Bytes == 0 {
			k.title = f.Title
		}
		if f.Verdict != nil {
			k.verdict = int(*f.Verdict)
		}
		if f.Cause != nil {
			k.cause = *f.Cause
		}
		if f.HiddenBy != nil {
			k.hiddenBy = step(p, nil, f.HiddenBy)
		}
		return k
	}
	coarse := func(p *build, f *model.Finding) findingKey {
		return findingKey{rule: f.Rule, wasted: f.Wasted(), step: step(p, f.Instruction, f.Layer)}
	}

	from, to := c.old.Findings, c.new.Findings
	changes := []model.FindingChange{}
	note := func(i, j int) {
		if ch := c.findingChange(i, j); ch.Kind != model.Changed || c.newPaths(&ch) {
			changes = append(changes, ch)
		}
	}
	var by []keys[findingKey]
	for _, key := range []func(*build, *model.Finding) findingKey{exact, coarse} {
		by = append(by, keys[findingKey]{
			func(i int) findingKey { return key(c.from, &from[i]) },
			func(j int) findingKey { return key(c.to, &to[j]) },
		})
	}
	pairs(len(from), len(to), by, note)
	return sorted(changes, func(a, b model.FindingChange) int {
		return cmp.Or(first(a.Risk, b.Risk), first(a.Wasted, b.Wasted), byWeight(a.Bytes, b.Bytes), cmp.Compare(a.Rule, b.Rule))
	})
}

// first compares two things of which one that has a property stands above one that has not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// newPaths reports whether a risk that both images have is at paths in the new one where
// the old has none, and leaves only these in the change.
func (c *comparison) newPaths(ch *model.FindingChange) bool {
	if !ch.Risk || ch.OldFinding < 0 || ch.NewFinding < 0 {
		return false
	}
	was := c.old.Findings[ch.OldFinding].Paths
	added := slices.DeleteFunc(slices.Clone(c.new.Findings[ch.NewFinding].Paths), func(p string) bool { return slices.Contains(was, p) })
	ch.Paths = firstPaths(added)
	return len(added) > 0
}

// findingChange compares two findings, either of which may be -1 for none. Its
// Kind is Changed where they weigh the same.
func (c *comparison) findingChange(i, j int) model.FindingChange {
	var was, is model.Finding
	if i >= 0 {
		was = c.old.Findings[i]
	}
	if j >= 0 {
		is = c.new.Findings[j]
	}
	bytes := model.DeltaOf(was.Bytes, is.Bytes)
	shown, at, index, of := &is, c.to, j, c.new
	if j < 0 {
		shown, at, index, of = &was, c.from, i, c.old
	}
	ch := model.FindingChange{
		Finding: index, Kind: kindOf(i >= 0, j >= 0, bytes), Rule: shown.Rule, Title: shown.Title, Confidence: shown.Confidence,
		Wasted: shown.Wasted(), Risk: slices.Contains(of.Risks, shown.ID), Inherited: shown.Inherited, Bytes: bytes, Verdict: shown.Verdict, Cause: shown.Cause,
		Step: at.at(at.find(shown.Instruction, shown.Layer)), Paths: firstPaths(shown.Paths), Packages: firstPaths(shown.Packages), Fix: shown.Fix,
		OldFinding: i, NewFinding: j,
	}
	if shown.HiddenBy != nil {
		ch.HiddenBy = at.at(at.find(nil, shown.HiddenBy))
	}
	return ch
}

// successors returns for each step of the old image its partner in the new,
// or goneBelow less the step where it has no partner.
func (c *comparison) successors() []int {
	successor := make([]int, len(c.from.all))
	for i := range successor {
		successor[i] = goneBelow - i
	}
	for to, from := range c.partner {
		if from >= 0 {
			successor[from] = to
		}
	}
	return successor
}
