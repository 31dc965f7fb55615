package gate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// MinEfficiency is the smallest allowed share of the scope that no fix would remove, from 0 to 1.
type MinEfficiency float64

// MaxWasted is the largest allowed part of the scope that fixes would remove.
type MaxWasted Amount

// MaxSize is how many bytes of file content the whole image may have.
type MaxSize int64

// MaxPullSize is how many compressed bytes the whole image may have.
type MaxPullSize int64

// MaxLayers is how many layers the whole image may have, the base's included.
type MaxLayers int

// Deny is the id of a rule that must find nothing, not even a finding without bytes; or DenyRisks.
type Deny string

// DenyRisks denies what endangers the image or its users, whatever it weighs and
// whatever rule finds it, if that is certain or likely. DenyNewRisks passes those that
// the older image has, too.
const (
	DenyRisks    Deny = "risks"
	DenyNewRisks Deny = "new risks"
)

// DenyNone is what lets risks pass, beside the names of rules; DenyNew lets those pass that the
// older image has, and all where there is none.
const (
	DenyNone = "none"
	DenyNew  = "new-risks"
)

// FailOn is the confidence from which a change that is worth making fails.
type FailOn model.Confidence

// Name implements Bound.
func (MinEfficiency) Name() string { return NameMinEfficiency }

// Name implements Bound.
func (MaxWasted) Name() string { return NameMaxWasted }

// Name implements Bound.
func (MaxSize) Name() string { return NameMaxSize }

// Name implements Bound.
func (MaxPullSize) Name() string { return NameMaxPullSize }

// Name implements Bound.
func (MaxLayers) Name() string { return NameMaxLayers }

// Name implements Bound.
func (Deny) Name() string { return NameDeny }

// Name implements Bound.
func (FailOn) Name() string { return NameFailOn }

func (b MinEfficiency) judge(s *scale) (model.Threshold, error) {
	sum := s.together(model.Likely)
	return model.Threshold{
		Scope:  s.scope,
		Passed: compareShare(s.size-sum.bytes, s.size, float64(b)) >= 0 || s.size == 0,
		Figure: display.Share(sum.bytes, s.size) + s.word(&sum, true), Limit: percent(1 - float64(b)),
		Reason:   s.reason(&sum) + "; " + NameMinEfficiency + " " + percent(float64(b)) + " allows " + percent(1-float64(b)),
		Findings: sum.findings, Changes: sum.changes,
	}, nil
}

// word follows the figure of a limit on waste, which is not what the report calls wasted or
// efficiency, but what it calls avoidable, if it is the same figure; else as much of that as
// the gate counts, or a share of something else.
func (s *scale) word(sum *avoidable, isShare bool) string {
	if s.looksLike(sum.bytes, s.avoided) && (!isShare || s.size == s.report.Summary.Own.Size) {
		return " avoidable"
	}
	return " counted"
}

func (b MaxWasted) judge(s *scale) (model.Threshold, error) {
	sum := s.together(model.Likely)
	t := model.Threshold{Scope: s.scope, Reason: s.reason(&sum), Findings: sum.findings, Changes: sum.changes}
	if b.IsShare {
		t.Passed = compareShare(sum.bytes, s.size, b.Share) <= 0
		t.Figure, t.Limit = display.Share(sum.bytes, s.size), percent(b.Share)
	} else {
		t.Passed = sum.bytes <= b.Bytes
		t.Figure, t.Limit = display.BytesApart(sum.bytes, b.Bytes)
	}
	t.Figure += s.word(&sum, b.IsShare)
	return t, nil
}

func (b MaxSize) judge(s *scale) (model.Threshold, error) {
	what := display.Plural(s.report.Image.Files, "file") + " in " + display.Plural(s.report.Image.Layers, "layer")
	return s.weight(s.report.Image.Size, int64(b), what, func(l *model.Layer) int64 { return l.Size }), nil
}

func (b MaxPullSize) judge(s *scale) (model.Threshold, error) {
	pull := s.report.Image.CompressedSize
	if pull == nil {
		return model.Threshold{}, pullUnknown(s.report)
	}
	t := s.weight(*pull, int64(b), "as a registry sends it", func(l *model.Layer) int64 {
		if l.CompressedSize == nil {
			return 0
		}
		return *l.CompressedSize
	})
	if len(t.Findings) > 0 {
		t.Reason = display.Bytes(*pull-int64(b)) + " too much, and " + s.pullAvoidable()
	}
	return t, nil
}

// pullAvoidable says what all changes take away of what is pulled, as far as that is known.
func (s *scale) pullAvoidable() string {
	bytes := int64(0)
	for i := range s.report.Changes {
		c := &s.report.Changes[i]
		switch {
		case c.Confidence == model.Possible:
			continue
		case c.CompressedBytes == nil:
			return "how much of that changes would remove is not known"
		}
		bytes += *c.CompressedBytes
	}
	return display.Bytes(bytes) + " of the pull can be avoided"
}

// pullUnknown says why a limit on what is pulled cannot be judged.
func pullUnknown(r *model.Report) error {
	return fmt.Errorf("what %s weighs compressed is not known: %s has its layers uncompressed; check it as registry:REFERENCE or as an archive with compressed layers",
		r.Image.Reference, r.Image.Source)
}

// weight compares a size of the whole image with a limit. It lists the findings of the
// scope, because waste is the first thing to remove from an image that is too large. Where
// there is none it says what weighs most; of is what a layer weighs.
func (s *scale) weight(size, limit int64, what string, of func(*model.Layer) int64) model.Threshold {
	t := model.Threshold{Passed: size <= limit, Reason: what}
	t.Figure, t.Limit = display.BytesApart(size, limit)
	if t.Passed {
		return t
	}
	sum := s.together(model.Likely)
	t.Findings, t.Changes = sum.findings, sum.changes
	t.Reason = display.Bytes(size-limit) + " too much, and "
	if len(t.Findings) == 0 {
		var heaviest string
		heaviest, t.Contributions = s.heaviest(of)
		t.Reason += "no change would remove enough" + heaviest + "; use a smaller base image, put less in, or raise the limit"
	} else {
		t.Reason += display.Bytes(s.avoided) + " can be avoided"
	}
	return t
}

// heaviest says what the base image weighs, and which instruction above it brings most;
// the contributions are of those instructions.
func (s *scale) heaviest(of func(*model.Layer) int64) (text string, own []model.Contribution) {
	base := int64(0)
	for i := range s.report.Layers {
		l := &s.report.Layers[i]
		if l.Inherited {
			base += of(l)
			continue
		}
		var c *model.Contribution
		own, c = s.blame(own, i)
		c.Bytes += of(l)
	}
	own = most(slices.DeleteFunc(own, func(c model.Contribution) bool { return c.Bytes == 0 }))
	var parts []string
	if base > 0 {
		parts = append(parts, "the base image weighs "+display.Bytes(base))
	}
	if len(own) > 0 {
		parts = append(parts, s.contribution(&own[0], false)+" ("+display.Bytes(own[0].Bytes)+")")
	}
	if len(parts) == 0 {
		return "", nil
	}
	return ": " + strings.Join(parts, ", "), own
}

func (b MaxLayers) judge(s *scale) (model.Threshold, error) {
	layers, base := s.report.Image.Layers, s.report.Image.Base.Layers
	t := model.Threshold{
		Passed: layers <= int(b), Figure: display.Count(layers), Limit: display.Count(int(b)),
		Reason: fmt.Sprintf("%d of the base, %d above it", base, layers-base),
	}
	if base == 0 {
		t.Reason = "no base image is known"
	}
	if !t.Passed {
		t.Reason += "; join RUN instructions that belong together, or raise the limit"
	}
	return t, nil
}

func (b Deny) judge(s *scale) (model.Threshold, error) {
	t := model.Threshold{Rule: string(b), Scope: s.scope, Limit: "none", Reason: "it finds nothing"}
	keep := func(f *model.Finding) bool { return f.Rule == string(b) }
	possible := 0 // risks that pass
	if b == DenyRisks || b == DenyNewRisks {
		t.Reason = "there is none that is certain or likely"
		counts := func(f *model.Finding) bool {
			return s.isRisk(f) && (b == DenyRisks || s.growth.isNew(f, s.pathsOf(f)))
		}
		keep = func(f *model.Finding) bool { return f.Confidence != model.Possible && counts(f) }
		passing, _ := s.matching(func(f *model.Finding) bool { return f.Confidence == model.Possible && counts(f) })
		possible = len(passing)
	}
	var bytes int64
	t.Findings, bytes = s.matching(keep)
	t.Passed, t.Figure = len(t.Findings) == 0, found(len(t.Findings), bytes)
	if t.Passed && possible > 0 {
		t.Figure = fmt.Sprintf("%d possible", possible)
	}
	if !t.Passed {
		t.Reason = "it finds " + s.named(t.Findings)
	}
	return t, nil
}

// risky are the rules whose findings are risks. A report lists those of the image's own layers.
var risky = []string{"baked-in-secret", "missing-library", "missing-program", "non-root-refused", "torn-link"}

// isRisk reports whether a finding is one of the report's risks, or, in the scope of all, would be
// if its layer were the image's own.
func (s *scale) isRisk(f *model.Finding) bool {
	if slices.Contains(s.report.Risks, f.ID) {
		return true
	}
	return s.scope == model.ScopeAll && f.Inherited && slices.Contains(risky, f.Rule)
}

var errConfidence = errors.New("it takes " + Takes(NameFailOn))

func (b FailOn) judge(s *scale) (model.Threshold, error) {
	least := model.Confidence(b)
	if surer[least] == nil {
		return model.Threshold{}, errConfidence
	}
	t := model.Threshold{Scope: s.scope, Limit: "no change worth making", Reason: "no change is worth making"}
	if least != model.Possible {
		kinds := string(model.Certain)
		if least == model.Likely {
			kinds += " or " + string(b)
		}
		t.Limit, t.Reason = "no "+kinds+" change", "no "+kinds+" change is worth making"
	}
	sum := s.avoidable(least)
	t.Findings, t.Changes = sum.findings, sum.changes
	t.Passed, t.Figure = len(t.Findings) == 0, "none"
	t.Reason += s.belowFloor(&sum)
	if !t.Passed {
		t.Figure = display.Plural(len(sum.changes), "change") + ", " + display.Bytes(sum.bytes)
		worst := &s.report.Findings[t.Findings[0]]
		t.Reason = "the worst is " + worst.Rule + ", " + display.Bytes(s.left[t.Findings[0]]) + ", " + string(worst.Confidence)
	}
	return t, nil
}

// found says how many findings there are and what they weigh.
func found(n int, bytes int64) string {
	switch {
	case n == 0:
		return "none"
	case bytes == 0:
		return display.Plural(n, "finding")
	}
	return display.Plural(n, "finding") + ", " + display.Bytes(bytes)
}
