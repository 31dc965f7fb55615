package changes_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// sample is the report of a built-in sample, which no test changes.
func sample(t *testing.T, name string) *model.Report {
	t.Helper()
	if samples[name] == nil {
		r, err := analyze.Image(context.Background(), "demo:"+name, analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		samples[name] = r
	}
	return samples[name]
}

var samples = make(map[string]*model.Report)

// check holds a report's changes to what every face and the gate rely on.
func check(t *testing.T, r *model.Report) {
	t.Helper()
	bytes := make(map[string]int64)
	for i := range r.Findings {
		bytes[r.Findings[i].ID] = r.Findings[i].Bytes
	}
	avoidable, planned, saved := int64(0), 0, int64(0)
	in := make(map[string]string)
	for i := range r.Changes {
		c := &r.Changes[i]
		held := int64(0)
		for _, id := range c.Findings {
			if other := in[id]; other != "" {
				t.Errorf("the finding %s is in %s and %s", id, other, c.ID)
			}
			in[id] = c.ID
			held += bytes[id]
		}
		if c.Bytes > held || c.Bytes < 0 || len(c.Findings) == 0 {
			t.Errorf("%s saves %d bytes, and its %d findings hold %d", c.ID, c.Bytes, len(c.Findings), held)
		}
		if c.Title == "" || c.Summary == "" {
			t.Errorf("%s says nothing: %q %q", c.ID, c.Title, c.Summary)
		}
		if c.Kind == model.EditChange && c.After == nil && len(c.Files) == 0 {
			t.Errorf("%s is an edit of nothing", c.ID)
		}
		if c.Confidence != model.Possible {
			avoidable += c.Bytes
			if c.Kind == model.EditChange && !c.BelowFloor {
				planned, saved = planned+1, saved+c.Bytes
			}
		}
		if i > 0 && !r.Changes[i-1].BelowFloor && !c.BelowFloor && r.Changes[i-1].Confidence != model.Possible && c.Confidence != model.Possible && c.Bytes > r.Changes[i-1].Bytes {
			t.Errorf("%s saves more than the change before it", c.ID)
		}
		if i > 0 && r.Changes[i-1].BelowFloor && !c.BelowFloor {
			t.Errorf("%s stands behind a change below the floor", c.ID)
		}
	}
	s := &r.Summary
	if s.AvoidableBytes != avoidable || s.AvoidableBytes+s.UnavoidableBytes != s.WastedBytes || s.UnavoidableBytes < 0 {
		t.Errorf("avoidable %d (the changes: %d) and unavoidable %d, wasted %d", s.AvoidableBytes, avoidable, s.UnavoidableBytes, s.WastedBytes)
	}
	// What is not written beside the files of packages that go is in no change.
	if r.Plan.Changes != planned || r.Plan.SizeAfter > r.Image.Size-saved || r.Plan.SizeAfter < r.Image.Size-saved-saved/20 {
		t.Errorf("the plan makes %d changes and leaves %d bytes; the changes: %d and %d", r.Plan.Changes, r.Plan.SizeAfter, planned, r.Image.Size-saved)
	}
	for _, id := range r.Risks {
		if _, known := bytes[id]; !known {
			t.Errorf("the risk %s is no finding", id)
		}
	}
}

func TestChangesAddUp(t *testing.T) {
	for _, name := range demo.Names()[:imagetest.Rounds(2, 2, len(demo.Names()))] {
		t.Run(name, func(t *testing.T) {
			r := sample(t, name)
			check(t, r)
			touched := make(map[int]string)
			for _, c := range r.Changes {
				if c.BelowFloor || c.Kind != model.EditChange || c.Confidence == model.Possible {
					continue
				}
				for _, at := range c.Instructions {
					if other := touched[at]; other != "" {
						t.Errorf("%s and %s both edit instruction %d", other, c.ID, at)
					}
					touched[at] = c.ID
				}
			}
		})
	}
}

// TestOneCauseIsOneChange: what two rules say of the same instructions is one edit.
func TestOneCauseIsOneChange(t *testing.T) {
	r := sample(t, "naive-apt")
	first := &r.Changes[0]
	rules := make(map[string]bool)
	for i := range r.Findings {
		if slices.Contains(first.Findings, r.Findings[i].ID) {
			rules[r.Findings[i].Rule] = true
		}
	}
	if !rules["apt-recommends"] || !rules["apt-lists"] {
		t.Errorf("the first change settles %v", rules)
	}
	if want := []int{1, 2, 5}; !slices.Equal(first.Instructions, want) {
		t.Errorf("it touches the instructions %v, want %v", first.Instructions, want)
	}
	for i, word := range []string{"install without recommended packages", "remove apt package lists"} {
		if got := fmt.Sprint(first.Title); !strings.Contains(got, word) {
			t.Errorf("title %d: %q does not say %q", i, got, word)
		}
	}
}
