package gate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// Growth compares an image with an older one, for the limits on growth.
type Growth struct {
	older, newer *model.Report
	comparison   *model.Comparison
	was          *suppression // of the older report
	floor        *Floor
}

// Against compares an image with an older one, for limits on growth. The ignores apply to
// both. The notes say what makes the two images hard to compare.
func Against(older, newer *model.Report, o Options) (g *Growth, notes []string, err error) {
	if older.Partial {
		return nil, nil, fmt.Errorf("the report of %s covers only what was read before it was stopped; let tare read the whole image", older.Image.Reference)
	}
	was, err := suppress(older, o.Ignores, o.Today)
	if err != nil {
		return nil, nil, err
	}
	c := compare.Reports(older, newer)
	return &Growth{older, newer, c, was, o.Floor}, c.Notes, nil
}

// DefaultGrowth are the limits on growth if the user gave an older image and no limit on
// growth: no new waste worth fixing, and no new risk. The size is not limited, because a
// program with more features is larger.
func DefaultGrowth() []Limit { return []Limit{NoNewWaste(), {Bound: DenyNewRisks}} }

// NoNewWaste is the limit on waste that holds beside other limits on growth, if the user gave none
// on waste.
func NoNewWaste() Limit { return Limit{Bound: MaxGrowth{Of: NameMaxWasteGrowth}} }

// grown is one figure of both images, and the instructions that made the difference.
type grown struct {
	before, now   int64
	scope         string
	findings      []int
	contributions []model.Contribution // the most bytes first
	spelled       string               // both figures in words, where they say more than their bytes; "" else
}

// figure returns the figure that a limit on growth is about.
func (g *Growth) figure(name string, s *scale) (grown, error) {
	totals := &g.comparison.Totals
	switch name {
	case NameMaxSizeGrowth:
		return grown{before: totals.Size.Old, now: totals.Size.New, contributions: g.sizes(func(ch *model.InstructionChange) int64 { return ch.Bytes.Growth })}, nil
	case NameMaxPullGrowth:
		if totals.CompressedSize == nil {
			return grown{}, g.noPullSize()
		}
		return grown{before: totals.CompressedSize.Old, now: totals.CompressedSize.New, contributions: g.sizes(g.pulled)}, nil
	case NameMaxWasteGrowth:
		return g.waste(s), nil
	case NameMaxLayerGrowth:
		layer := func(ch *model.InstructionChange) int64 {
			if ch.Kind != model.Added || ch.New == nil || ch.New.Layer == nil {
				return 0
			}
			return max(ch.Bytes.Growth, 1)
		}
		return grown{before: totals.Layers.Old, now: totals.Layers.New, contributions: g.sizes(layer)}, nil
	default:
		return grown{before: installed(g.older), now: installed(g.newer), contributions: g.packages()}, nil
	}
}

func (g *Growth) noPullSize() error {
	r := g.newer
	if r.Image.CompressedSize != nil {
		r = g.older
	}
	return pullUnknown(r)
}

// pulled returns by how much the compressed layer of a step grew.
func (g *Growth) pulled(ch *model.InstructionChange) (bytes int64) {
	of := func(r *model.Report, s *model.Step) int64 {
		if s == nil || s.Layer == nil || *s.Layer >= len(r.Layers) || r.Layers[*s.Layer].CompressedSize == nil {
			return 0
		}
		return *r.Layers[*s.Layer].CompressedSize
	}
	return of(g.newer, ch.New) - of(g.older, ch.Old)
}

// maxContributions is how many instructions a threshold names as the cause.
const maxContributions = 5

// sizes lists the steps that grew, with the packages and paths in them that did.
func (g *Growth) sizes(growth func(*model.InstructionChange) int64) (list []model.Contribution) {
	for i := range g.comparison.Instructions {
		ch := &g.comparison.Instructions[i]
		if by := growth(ch); by > 0 && ch.New != nil {
			list = append(list, g.contribution(ch.New, by))
		}
	}
	return most(list)
}

// most sorts contributions, the largest first, and drops those after maxContributions.
func most(list []model.Contribution) []model.Contribution {
	slices.SortStableFunc(list, func(a, b model.Contribution) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return list[:min(len(list), maxContributions)]
}

// contribution is a step of the new image with what grew in it.
func (g *Growth) contribution(step *model.Step, bytes int64) model.Contribution {
	c := model.Contribution{Instruction: step.Instruction, Layer: step.Layer, Location: step.Location, Inherited: step.Inherited, Bytes: bytes}
	for i := range g.comparison.Packages {
		if p := &g.comparison.Packages[i]; p.Bytes.Growth > 0 && same(p.Step, step) && len(c.Packages) < maxContributions {
			c.Packages = append(c.Packages, model.Part{Name: p.Name, Bytes: p.Bytes.Growth})
		}
	}
	for i := range g.comparison.Paths {
		if p := &g.comparison.Paths[i]; p.Bytes.Growth > 0 && same(p.Step, step) && len(c.Paths) < maxContributions {
			c.Paths = append(c.Paths, model.Part{Name: p.Path, Bytes: min(p.Bytes.Growth, p.StepBytes)})
		}
	}
	return c
}

// same reports whether two steps of one image are the same step.
func same(a, b *model.Step) bool {
	equal := func(x, y *int) bool { return x != nil && y != nil && *x == *y }
	return a != nil && b != nil && (equal(a.Instruction, b.Instruction) || equal(a.Layer, b.Layer))
}

// installed is how many packages an image has, each counted once.
func installed(r *model.Report) (n int64) {
	for i := range r.Packages {
		if r.Packages[i].PartOf == "" {
			n++
		}
	}
	return n
}

// packages lists the steps that brought packages which the older image lacks.
func (g *Growth) packages() (list []model.Contribution) {
	for i := range g.comparison.Packages {
		p := &g.comparison.Packages[i]
		if p.Kind != model.Added || p.Step == nil {
			continue
		}
		at := slices.IndexFunc(list, func(c model.Contribution) bool {
			return same(&model.Step{Instruction: c.Instruction, Layer: c.Layer}, p.Step)
		})
		if at < 0 {
			at = len(list)
			list = append(list, model.Contribution{Instruction: p.Step.Instruction, Layer: p.Step.Layer, Location: p.Step.Location, Inherited: p.Step.Inherited})
		}
		list[at].Bytes += p.Bytes.Growth
		if len(list[at].Packages) < 2*maxContributions {
			list[at].Packages = append(list[at].Packages, model.Part{Name: p.Name, Bytes: p.Bytes.Growth})
		}
	}
	return most(list)
}

// waste adds up the growth of the findings that the scope counts. If a change reaches the
// floor only now, just the new bytes count: one more package must not fail the gate because
// of the bytes that the older image had already.
func (g *Growth) waste(s *scale) grown {
	older, newer := compare.OnOneBase(g.older, g.newer)
	before := newScale(older, s.scope, g.was, g.floor)
	sum, old := s.together(model.Likely), before.together(model.Likely)
	fig := grown{now: sum.bytes, scope: s.scope, spelled: spellCounts(&sum, &old)}
	total := sum.bytes - old.bytes // as both checks count it
	crosses := len(sum.findings) == 0 != (len(old.findings) == 0)
	if crosses { // one of them reaches the floor
		sum, old = s.above(model.Likely, 0), before.above(model.Likely, 0)
		fig.now = sum.bytes
	}
	if newer != g.newer { // the older report knows the base, so the two sums are of different parts
		crosses, fig.spelled = true, ""
	}
	growth := g.grownFindings(&fig, s, before, sum.findings, old.findings)
	if fig.spelled != "" && total <= 0 && growth <= 0 || !crosses && total > 0 && growth > 0 {
		growth = total // what the two figures say
	}
	fig.before = max(fig.now-growth, 0)
	return fig
}

// grownFindings returns by how much the findings grew that count in either image, and names
// those that did.
func (g *Growth) grownFindings(fig *grown, s, before *scale, now, old []int) (growth int64) {
	for i := range g.comparison.Findings {
		ch := &g.comparison.Findings[i]
		by, counts := int64(0), false
		if ch.Kind != model.Removed {
			counts = slices.Contains(now, ch.NewFinding)
			by = s.left[ch.NewFinding]
		}
		if ch.OldFinding >= 0 {
			counts = counts || slices.Contains(old, ch.OldFinding)
			by -= before.left[ch.OldFinding]
		}
		if !counts || by == 0 {
			continue
		}
		growth += by
		if by > 0 && ch.Step != nil {
			c := g.contribution(ch.Step, by)
			c.Packages, c.Paths = nil, parts(ch)
			fig.contributions = append(fig.contributions, c)
			fig.findings = append(fig.findings, ch.NewFinding)
		}
	}
	fig.contributions = most(fig.contributions)
	slices.SortStableFunc(fig.findings, func(a, b int) int { return cmp.Compare(s.left[b], s.left[a]) })
	return growth
}

// spellCounts spells what two images count, as the other limits on waste do: what is below the floor
// is none, and stands beside it.
func spellCounts(now, before *avoidable) string {
	besides := func(sum *avoidable) string {
		if sum.spared == 0 {
			return ""
		}
		return " (" + display.Bytes(sum.spared) + " below the floor)"
	}
	a, b := display.BytesApart(now.bytes, before.bytes)
	return a + besides(now) + " instead of " + b + besides(before)
}

// parts returns the largest files of a finding. The report does not say how many bytes each has.
func parts(ch *model.FindingChange) (list []model.Part) {
	for _, p := range ch.Paths[:min(len(ch.Paths), maxParts)] {
		list = append(list, model.Part{Name: p})
	}
	return list
}
