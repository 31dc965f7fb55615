package pane

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// TestOneFigureOfThePlan: the plan, all of it selected, and all of it written have one
// figure, also where the plan saves more than its changes say.
func TestOneFigureOfThePlan(t *testing.T) {
	v, r := &Fixes{}, tuitest.Report()
	r.Plan.SizeAfter -= 7_000_000
	showIn(v, r)
	goal, _, _ := strings.Cut(v.Goal(), " with ")
	var ids []string
	for i := range v.list {
		if c := v.list[i].change; c != nil && c.Writable() && c.Confidence != model.Possible && !c.BelowFloor {
			v.To(i)
			v.Select()
			ids = append(ids, c.ID)
		}
	}
	if got, _, _ := strings.Cut(v.Goal(), ","); len(ids) == 0 || got != goal {
		t.Errorf("all selected: %s, the plan: %s", got, goal)
	}
	v.SetWritten(ids, r.Plan.SizeAfter)
	if got, _, _ := strings.Cut(v.Goal(), ","); got != goal {
		t.Errorf("all written: %s, the plan: %s", got, goal)
	}
}

// TestDecisionSaysWhy: whoever asks to write a change that tare cannot make is told why.
func TestDecisionSaysWhy(t *testing.T) {
	v, r := &Fixes{}, tuitest.Report()
	c := &r.Changes[0]
	c.Kind, c.Before, c.After, c.Files, c.Summary = model.DecisionChange, nil, nil, nil, "The RUN in line 8 may need the files."
	showIn(v, r)
	for i := range v.list {
		if v.list[i].change == c {
			v.To(i)
		}
	}
	if got := v.Select(); !strings.HasSuffix(got, "may need the files.") {
		t.Error(got)
	}
}
