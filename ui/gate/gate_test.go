package gate

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestAGuessedBaseIsTold: an image that passes only because the history looks as
// if a base image ended behind its waste says so.
func TestAGuessedBaseIsTold(t *testing.T) {
	guess := func(inherited int64, how string, layers int) *model.Report {
		r := release(0, inherited)
		r.Image.Base = model.Base{How: how, Layers: layers}
		return r
	}
	for _, c := range []struct {
		name   string
		report *model.Report
		bound  Bound
		scope  string
		noted  bool
	}{
		{"its waste would fail", guess(400_000, model.BaseByHistory, 2), MinEfficiency(0.9), "", true},
		{"its findings would", guess(400_000, model.BaseByHistory, 2), Deny("apt-lists"), "", true},
		{"it wastes little", guess(1_000, model.BaseByHistory, 2), MinEfficiency(0.9), "", false},
		{"one layer is no guess", guess(400_000, model.BaseByHistory, 1), MinEfficiency(0.9), "", false},
		{"provenance tells", guess(400_000, model.BaseByProvenance, 2), MinEfficiency(0.9), "", false},
		{"all of it is judged", guess(400_000, model.BaseByHistory, 2), MinEfficiency(0.9), model.ScopeAll, false},
	} {
		check, err := Judge(c.report, Options{Floor: &Floor{}, Limits: []Limit{{Bound: c.bound}}, Scope: c.scope})
		if err != nil {
			t.Fatal(c.name, err)
		}
		if noted := strings.Contains(strings.Join(check.Notes, "\n"), "first 2 layers"); noted != c.noted || noted && !check.Passed {
			t.Errorf("%s: %+v", c.name, check)
		}
	}
}

// TestIgnoreOfWhatIsPossible: an entry by rule and package takes a finding whose bytes are in use,
// so that no version of a file belongs to it.
func TestIgnoreOfWhatIsPossible(t *testing.T) {
	r := &model.Report{Image: model.Image{Size: 1000}}
	r.Findings = []model.Finding{{ID: "tools", Rule: "unused-tools", Confidence: model.Possible, Bytes: 500, FileCount: 3, Packages: []string{"curl", "libcurl4"}}}
	for _, c := range []struct {
		ignore Ignore
		want   bool
	}{
		{Ignore{Rule: "unused-tools", Package: "curl"}, true}, {Ignore{Rule: "unused-tools", Package: "git"}, false}, {Ignore{Rule: "logs", Package: "curl"}, false},
	} {
		check, err := Judge(r, Options{Limits: []Limit{{Bound: Deny("unused-tools")}}, Ignores: []Ignore{c.ignore}})
		if err != nil || check.Passed != c.want || check.Ignored[0].Unused() == c.want {
			t.Errorf("%+v: %+v, %v", c.ignore, check, err)
		}
	}
}
