package gate

import (
	"errors"
	"fmt"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// MinEfficiency is the least share of the scope that is not wasted, 0 to 1.
type MinEfficiency float64

// MaxWasted is the most of the scope that is wasted.
type MaxWasted Amount

// MaxSize is the most bytes of file content of the whole image.
type MaxSize int64

// MaxPullSize is the most compressed bytes of the whole image.
type MaxPullSize int64

// MaxLayers is the most layers of the whole image, the base's included.
type MaxLayers int

// Deny is a rule that may find nothing, not even what weighs nothing.
type Deny string

// FailOn is the confidence from which a finding that weighs anything fails.
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
	return model.Threshold{
		Scope:  s.scope,
		Passed: compareShare(s.size-s.wasted, s.size, float64(b)) >= 0 || s.size == 0,
		Figure: display.Efficiency(model.Efficiency(s.wasted, s.size)), Limit: percent(float64(b)),
		Reason: s.share(), Findings: s.waste(),
	}, nil
}

func (b MaxWasted) judge(s *scale) (model.Threshold, error) {
	t := model.Threshold{Scope: s.scope, Reason: s.share(), Findings: s.waste()}
	if b.IsShare {
		t.Passed = compareShare(s.wasted, s.size, b.Share) <= 0
		t.Figure, t.Limit = percentOf(s.wasted, s.size), percent(b.Share)
	} else {
		t.Passed = s.wasted <= b.Bytes
		t.Figure, t.Limit = display.BytesApart(s.wasted, b.Bytes)
	}
	return t, nil
}

func (b MaxSize) judge(s *scale) (model.Threshold, error) {
	return s.weight(s.report.Image.Size, int64(b), display.Plural(s.report.Image.Files, "file")+" in "+display.Plural(s.report.Image.Layers, "layer")), nil
}

func (b MaxPullSize) judge(s *scale) (model.Threshold, error) {
	pull := s.report.Image.CompressedSize
	if pull == nil {
		return model.Threshold{}, fmt.Errorf("what %s weighs compressed is not known: %s has its layers uncompressed; check it as registry:REFERENCE or as an archive with compressed layers",
			s.report.Image.Reference, s.report.Image.Source)
	}
	return s.weight(*pull, int64(b), "as a registry sends it"), nil
}

// weight holds a size of the whole image against a limit. Its findings are those
// of the scope: who has to take something away begins with what is wasted.
func (s *scale) weight(size, limit int64, what string) model.Threshold {
	t := model.Threshold{Passed: size <= limit, Reason: what}
	t.Figure, t.Limit = display.BytesApart(size, limit)
	if t.Passed {
		return t
	}
	t.Findings = s.waste()
	t.Reason = display.Bytes(size-limit) + " too much, and "
	if len(t.Findings) == 0 {
		t.Reason += "there is no waste left to fix; use a smaller base image, add less to it, or raise the limit"
	} else {
		t.Reason += display.Bytes(s.wasted) + " wasted"
	}
	return t
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
	var bytes int64
	t.Findings, bytes = s.matching(func(f *model.Finding, _ int64) bool { return f.Rule == string(b) })
	t.Passed, t.Figure = len(t.Findings) == 0, found(len(t.Findings), bytes)
	if !t.Passed {
		t.Reason = "it finds " + s.report.Findings[t.Findings[0]].Title
	}
	return t, nil
}

// surer lists, for a confidence, all that are at least as sure.
var surer = map[model.Confidence][]model.Confidence{
	model.Certain:  {model.Certain},
	model.Likely:   {model.Certain, model.Likely},
	model.Possible: {model.Certain, model.Likely, model.Possible},
}

var errConfidence = errors.New("it takes " + Takes(NameFailOn))

func (b FailOn) judge(s *scale) (model.Threshold, error) {
	fails, known := surer[model.Confidence(b)]
	if !known {
		return model.Threshold{}, errConfidence
	}
	t := model.Threshold{Scope: s.scope, Limit: "none that wastes bytes", Reason: "no finding wastes bytes"}
	if len(fails) < len(surer) {
		kinds := string(model.Certain)
		if len(fails) > 1 {
			kinds += " or " + string(b)
		}
		t.Limit, t.Reason = "no "+kinds+" finding", "no finding that wastes bytes is "+kinds
	}
	var bytes int64
	t.Findings, bytes = s.matching(func(f *model.Finding, left int64) bool {
		for _, c := range fails {
			if f.Confidence == c {
				return left > 0
			}
		}
		return false
	})
	t.Passed, t.Figure = len(t.Findings) == 0, found(len(t.Findings), bytes)
	if !t.Passed {
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
