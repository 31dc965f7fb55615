package gate

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
)

// release is an image of a base and two instructions of its own, with so many
// bytes of package lists of its own and in the base.
func release(own, inherited int64) *model.Report {
	p, verdict := model.Ptr[int], model.Shadowed
	r := &model.Report{
		Image: model.Image{Reference: "app", Layers: 3, Size: 1_000_000 + own + inherited, Base: model.Base{Layers: 1, How: model.BaseByHistory}},
		Layers: []model.Layer{
			{Index: 0, Size: 500_000 + inherited, Instruction: p(0), Inherited: true},
			{Index: 1, Size: 500_000 + own, Instruction: p(1)},
			{Index: 2, Instruction: p(2)},
		},
		Instructions: []model.Instruction{
			{Index: 0, Keyword: "ADD", Text: "ADD base", Layer: p(0), Inherited: true},
			{Index: 1, Keyword: "RUN", Text: "RUN apt-get update", Layer: p(1), Location: &model.Location{File: "Dockerfile", Line: 3, EndLine: 3}},
			{Index: 2, Keyword: "RUN", Text: "RUN rm lists", Layer: p(2)},
		},
	}
	r.Summary.Own.Size = 500_000 + own
	for layer, bytes := range []int64{inherited, own} {
		if bytes > 0 {
			r.Findings = append(r.Findings, model.Finding{
				Rule: "apt-lists", Confidence: model.Certain, Bytes: bytes, Verdict: &verdict, Layer: p(layer), Instruction: p(layer), Inherited: layer == 0,
				Paths: []string{"var/lib/apt/lists/x"}, Fix: &model.Fix{Summary: "Remove the lists in the RUN that fetches them."},
			})
		}
	}
	r.Findings = append(r.Findings, model.Finding{Rule: "duplicate-content", Confidence: model.Possible, Bytes: own / 2, Layer: p(1), Instruction: p(1)})
	return r
}

func TestAgainst(t *testing.T) {
	ignore := []Ignore{{Rule: "apt-lists", Reason: "ours", Where: ".tare.yaml:3"}}
	for _, c := range []struct {
		name                 string
		older, newer         *model.Report
		most                 string
		options              Options
		passed               bool
		figure, limit, about string
	}{
		{"the same", release(100, 0), release(100, 0), "0", Options{}, true, "0 B", "0 B", "own waste 100 B instead of 100 B"},
		{"a byte more", release(100, 0), release(101, 0), "0", Options{}, false, "+1 B", "0 B",
			"own waste 101 B instead of 100 B; start with apt-lists (+1 B, line 3): Remove the lists in the RUN that fetches them; the image weighs 1,000,101 bytes instead of 1,000,100 bytes"},
		{"less", release(100, 0), release(40, 0), "0", Options{}, true, "-60 B", "0 B", "own waste 40 B instead of 100 B; the image weighs"},
		{"as much more as allowed", release(100, 0), release(150, 0), "50", Options{}, true, "+50 B", "50 B", ""},
		{"more than allowed", release(100, 0), release(151, 0), "50", Options{}, false, "+51 B", "50 B", ""},
		{"a share of what it was", release(100, 0), release(150, 0), "50%", Options{}, true, "+50 %", "50 %", ""},
		{"a share more", release(1000, 0), release(1501, 0), "50%", Options{}, false, "+50.1 %", "50 %", ""},
		{"from nothing", release(0, 0), release(1, 0), "50%", Options{}, false, "+1 B", "50 %", ""},
		{"what is inherited", release(100, 0), release(100, 900), "0", Options{}, true, "0 B", "0 B", ""},
		{"what is inherited, by all", release(100, 0), release(100, 900), "0", Options{Scope: model.ScopeAll}, false, "+900 B", "0 B", "waste 1.0 kB instead of 100 B; start with apt-lists (+900 B, step 0)"},
		{"what is ignored", release(100, 0), release(900, 0), "0", Options{Ignores: ignore}, true, "0 B", "0 B", "own waste 0 B instead of 0 B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			most, err := ParseAmount(c.most)
			if err != nil {
				t.Fatal(err)
			}
			limit, notes, err := Against(c.older, c.newer, most, c.options)
			if err != nil || len(notes) > 0 {
				t.Fatalf("notes %q, error %v", notes, err)
			}
			c.options.Limits = []Limit{limit}
			check, err := Judge(c.newer, c.options)
			if err != nil {
				t.Fatal(err)
			}
			got := check.Thresholds[0]
			if got.Passed != c.passed || got.Figure != c.figure || got.Limit != c.limit || got.Name != NameMaxGrowth || !strings.HasPrefix(got.Reason, c.about) {
				t.Errorf("got %+v", got)
			}
			if !got.Passed && (len(got.Findings) != 1 || c.newer.Findings[got.Findings[0]].Rule != "apt-lists") {
				t.Errorf("findings %v", got.Findings)
			}
		})
	}
}

func TestAgainstWhatCannotBeCompared(t *testing.T) {
	partial := release(1, 1)
	partial.Partial = true
	if _, _, err := Against(partial, release(1, 1), Amount{}, Options{}); err == nil {
		t.Error("an old image that was read in part is taken")
	}
	byPath := Options{Ignores: []Ignore{{Path: "var/**", Reason: "x", Where: ".tare.yaml:3"}}, Today: time.Unix(0, 0)}
	if _, _, err := Against(release(1, 1), release(1, 1), Amount{}, byPath); err == nil {
		t.Error("paths are ignored in a report without files")
	}
	other := release(1, 1)
	other.Image.Base = model.Base{How: model.BaseNone}
	_, notes, err := Against(other, release(1, 1), Amount{}, Options{})
	if diff := cmp.Diff(1, len(notes)); err != nil || diff != "" {
		t.Errorf("error %v, notes %q", err, notes)
	}
}
