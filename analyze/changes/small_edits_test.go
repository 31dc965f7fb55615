package changes

import (
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
)

// TestSmallEditsKeepWhatTheyName: an edit below the floor saves what its finding holds
// without the packages that it keeps; a decision is about all of it.
func TestSmallEditsKeepWhatTheyName(t *testing.T) {
	edit := func(stays int64) *model.Fix {
		return &model.Fix{Strategy: model.Flag, Summary: "Do.", Before: model.Ptr("RUN a"), After: model.Ptr("RUN b"), StayBytes: stays}
	}
	for _, test := range []struct {
		name string
		fix  *model.Fix
		want int64
	}{
		{"nothing stays", edit(0), 900},
		{"a part stays", edit(400), 500},
		{"all stays", edit(900), 0},
		{"more than there is", edit(5000), 0},
		{"a hint", &model.Fix{Strategy: model.Manual, Summary: "Decide.", StayBytes: 400}, 900},
	} {
		r := &model.Report{Findings: []model.Finding{{ID: "a", Rule: "apt-recommends", Confidence: model.Likely, Bytes: 900, Fix: test.fix}}}
		l := list{report: r, change: make([]int, 1)}
		result := &fix.Result{Saved: make([]bool, 1), Left: []fix.Left{{Finding: 0, Small: true}}}
		l.others(result)
		l.finish(result)
		if len(r.Changes) != 1 || r.Changes[0].Bytes != test.want || !r.Changes[0].BelowFloor {
			t.Errorf("%s: %+v, want %d bytes below the floor", test.name, r.Changes, test.want)
		}
		if hint := test.fix.After == nil; r.Summary.AvoidableBytes > r.Summary.WastedBytes || hint != (r.Changes[0].Kind == model.DecisionChange) {
			t.Errorf("%s: %+v", test.name, r.Changes[0])
		}
	}
}
