package gate

import (
	"fmt"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/pulled"
)

// MaxPulledAgain is the most that whoever has the older image may pull again for nothing: a
// size, or a share of all that is pulled. Layers of the base image count in scope all alone.
type MaxPulledAgain Amount

// Name implements Bound.
func (MaxPulledAgain) Name() string { return NameMaxPulledAgain }

func (b MaxPulledAgain) judge(s *scale) (t model.Threshold, err error) {
	if s.growth == nil {
		return t, errNoOlder
	}
	c := s.growth.comparison
	if c.PulledAgain == nil {
		return t, fmt.Errorf("what the layers of %s and %s hold is not known: it takes two images that are read completely, not a saved report", s.growth.older.Image.Reference, s.growth.newer.Image.Reference)
	}
	again, err := s.growth.pulledAgain(s.scope)
	if err != nil {
		return t, err
	}
	if c.Totals.PullBytes == nil {
		return t, s.growth.noPullSize()
	}
	bytes, all := int64(0), *c.Totals.PullBytes
	for _, p := range again {
		bytes += *p.CompressedBytes
		part := s.growth.contribution(p.Step, *p.CompressedBytes)
		part.Packages, part.Paths = nil, nil
		t.Contributions = append(t.Contributions, part)
	}
	t.Contributions = most(t.Contributions)
	t.Scope = s.scope
	if b.IsShare {
		t.Passed = compareShare(bytes, max(all, 1), b.Share) <= 0
		t.Figure, t.Limit = display.Share(bytes, max(all, 1)), percent(b.Share)
	} else {
		t.Passed = bytes <= b.Bytes
		t.Figure, t.Limit = display.BytesApart(bytes, b.Bytes)
	}
	now, whole := display.BytesApart(bytes, all)
	t.Reason = now + " of " + whole + " to pull are pulled again for nothing"
	switch {
	case t.Passed:
	case bytes < s.floor:
		t.Passed = true
		t.Reason += "; less than the floor of " + display.Bytes(s.floor) + " does not count"
	default:
		t.Reason += "; " + s.worst(again)
		s.letThrough(&t, NameMaxPulledAgain, bytes, all)
	}
	return t, nil
}

// worst names the layer that costs most, why it is pulled again, and how to keep it.
func (s *scale) worst(again []*model.PulledAgain) string {
	first := again[0]
	for _, p := range again {
		if *p.CompressedBytes > *first.CompressedBytes {
			first = p
		}
	}
	text := "an unknown instruction"
	if first.Step != nil {
		text = s.step(first.Step.Instruction, first.Step.Layer)
		if first.Step.Inherited {
			text = "the base image, " + text
		}
	}
	text += " (" + display.Bytes(*first.CompressedBytes) + "): " + display.OneLine(pulled.Why(first))
	if keep := pulled.Keep(first); keep != "" {
		text += ". " + display.OneLine(keep)
	}
	return text
}

// pulledAgain lists the layers of a scope that are pulled again for nothing.
func (g *Growth) pulledAgain(scope string) (list []*model.PulledAgain, err error) {
	for i := range g.comparison.PulledAgain {
		p := &g.comparison.PulledAgain[i]
		if p.Kind == model.MostlySame || scope == model.ScopeOwn && p.Step != nil && p.Step.Inherited {
			continue
		}
		if p.CompressedBytes == nil {
			return nil, g.noPullSize()
		}
		list = append(list, p)
	}
	return list, nil
}
