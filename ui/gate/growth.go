package gate

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// MaxGrowth holds a figure of this image against the same figure of an older
// one, both in bytes. Whoever compared the two images fills it in: the report
// that the gate judges is the new one's.
type MaxGrowth struct {
	Most     Amount // a share is of Old
	What     string // the figure: "size"
	Old, New int64
	Findings []int  // of the new report that came or grew, most bytes first
	Reason   string // what grew, in one line; "" says no more than the figures
}

// Name implements Bound.
func (MaxGrowth) Name() string { return NameMaxGrowth }

func (b MaxGrowth) judge(s *scale) (model.Threshold, error) {
	grown := b.New - b.Old
	t := model.Threshold{Scope: s.scope, Findings: b.Findings}
	if b.Most.IsShare {
		// From nothing, any growth is more than any share.
		t.Passed = grown <= 0 || b.Old > 0 && compareShare(grown, b.Old, b.Most.Share) <= 0
		t.Limit = percent(b.Most.Share)
		switch {
		case grown > 0 && b.Old > 0:
			t.Figure = "+" + percentOf(grown, b.Old)
		case grown > 0:
			t.Figure = "+" + display.Bytes(grown)
		default:
			t.Figure = display.Bytes(grown)
		}
	} else {
		t.Passed = grown <= b.Most.Bytes
		t.Figure, t.Limit = display.BytesApart(grown, b.Most.Bytes)
		if grown > 0 {
			t.Figure = "+" + t.Figure
		}
	}
	now, before := display.BytesApart(b.New, b.Old)
	t.Reason = b.What + " " + now + " instead of " + before
	if b.Reason != "" {
		t.Reason += "; " + b.Reason
	}
	return t, nil
}
