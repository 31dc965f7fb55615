package severity

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
)

// report has a finding of each kind: a change worth making, a small one, one that is only
// possible, the base's, what nobody can help, two risks.
func report() *model.Report {
	r := &model.Report{Risks: []string{"secret", "default"}}
	r.Findings = []model.Finding{
		{ID: "large", Rule: "apt-recommends", Confidence: model.Likely, Bytes: 338_000_000},
		{ID: "small", Rule: "apt-cache", Confidence: model.Certain, Bytes: 798},
		{ID: "possible", Rule: "docs-and-locales", Confidence: model.Possible, Bytes: 9_000_000},
		{ID: "inherited", Rule: "logs", Confidence: model.Likely, Bytes: 9_000_000, Inherited: true},
		{ID: "unavoidable", Rule: "package-db-churn", Confidence: model.Certain, Bytes: 800_000},
		{ID: "secret", Rule: "baked-in-secret", Confidence: model.Certain},
		{ID: "default", Rule: "baked-in-secret", Confidence: model.Possible},
	}
	r.Changes = []model.Change{
		{ID: "large", Confidence: model.Likely, Findings: []string{"large"}}, {ID: "small", Confidence: model.Certain, Findings: []string{"small"}, BelowFloor: true},
		{ID: "possible", Confidence: model.Possible, Findings: []string{"possible"}},
	}
	return r
}

// TestLevels: weight and danger say how loud a finding is, not certainty.
func TestLevels(t *testing.T) {
	failed := &model.Check{Thresholds: []model.Threshold{{Findings: []int{0, 99}}, {Passed: true, Findings: []int{1}}}, Ignored: []model.Ignored{{Findings: []int{5}}}}
	sum := &model.Check{Thresholds: []model.Threshold{{Name: "max-size", Findings: []int{0, 1}}}}
	denied := &model.Check{Thresholds: []model.Threshold{{Name: "deny", Findings: []int{0, 1}}}}
	for _, c := range []struct {
		name  string
		table Table
		check *model.Check
		want  []Level
	}{
		{"as it comes", nil, nil, []Level{Warning, Note, Note, Note, Note, Error, Warning}},
		{"the gate failed, a risk is ignored", nil, failed, []Level{Error, Note, Note, Note, Note, Note, Warning}},
		{"a sum failed", nil, sum, []Level{Error, Note, Note, Note, Note, Error, Warning}},
		{"what is small is denied", nil, denied, []Level{Error, Error, Note, Note, Note, Error, Warning}},
		{"set by key", Table{Change: Error, Rest: None}, nil, []Level{Error, None, None, None, None, Error, Error}},
		{"set by rule", Table{"baked-in-secret": Note, "apt-cache": Error, Rest: None}, nil, []Level{Warning, Error, None, None, None, Note, Note}},
	} {
		if diff := cmp.Diff(c.want, c.table.Levels(report(), c.check)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestParse(t *testing.T) {
	for i, name := range Names {
		if l, err := Parse(name); err != nil || l != Level(i) || l.String() != name {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
	if _, err := Parse("fatal"); err == nil {
		t.Error("fatal is taken")
	}
}

func TestOfARule(t *testing.T) {
	for _, c := range []struct {
		rule string
		risk bool
		c    model.Confidence
		want Level
	}{{"a", true, model.Possible, Error}, {"a", false, model.Certain, Warning}, {"a", false, model.Possible, Note}, {"quiet", true, model.Certain, None}} {
		if got := (Table{"quiet": None}).Of(c.rule, c.risk, c.c); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
