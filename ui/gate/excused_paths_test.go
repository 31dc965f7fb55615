package gate

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestExcusedPaths: entries by path excuse their paths of a risk, each is in use while its path is
// there, and a failure names the paths that are left, new ones first.
func TestExcusedPaths(t *testing.T) {
	risk := func(paths ...string) *model.Report {
		r := release(0, 0)
		r.Findings = append(r.Findings, model.Finding{ID: "s", Rule: "baked-in-secret", Title: "an AWS key in the image", Confidence: model.Certain, Layer: model.Ptr(1), Instruction: model.Ptr(1), Paths: paths})
		r.Risks = []string{"s"}
		return r
	}
	entry := func(path string) Ignore { return Ignore{Rule: "baked-in-secret", Path: path, Reason: "x"} }
	for _, c := range []struct {
		name    string
		report  *model.Report
		older   *model.Report
		ignores []Ignore
		reason  string // "" for passed
		unused  int    // entries
	}{
		{"both", risk("srv/.env", "srv/deploy.pem"), nil, []Ignore{entry("srv/.env"), entry("srv/deploy.pem")}, "", 0},
		{"one", risk("srv/.env", "srv/deploy.pem"), nil, []Ignore{entry("srv/.env")}, "an AWS key in the image: /srv/deploy.pem", 0},
		{"one more", risk("srv/.env", "srv/deploy.pem", "srv/other.key"), nil, []Ignore{entry("srv/.env"), entry("srv/deploy.pem")}, "an AWS key in the image: /srv/other.key", 0},
		{"overlapping", risk("srv/.env", "srv/deploy.pem"), nil, []Ignore{entry("srv/**"), entry("srv/.env")}, "", 0},
		{"gone", risk("srv/deploy.pem"), nil, []Ignore{entry("srv/.env"), entry("srv/deploy.pem")}, "", 1},
		{"another rule", risk("srv/.env"), nil, []Ignore{{Rule: "logs", Path: "srv/.env"}}, "an AWS key in the image: /srv/.env", 1},
		{"all are named", risk("a", "b", "c"), nil, nil, "an AWS key in the image: /a, /b, /c", 0},
		{"twelve", risk(strings.Split("abcdefghijkl", "")...), nil, nil, "/h, /i, /j and 2 more", 0},
		{"new ones first", risk("a", "b", "c"), risk("a", "b"), nil, "an AWS key in the image: /c, /a, /b", 0},
		{"the new one is excused", risk("a", "c"), risk("a"), []Ignore{entry("c")}, "", 0},
	} {
		o := Options{Limits: []Limit{{Bound: DenyRisks}}, Ignores: c.ignores}
		if c.older != nil {
			g, _, err := Against(c.older, c.report, Options{})
			if err != nil {
				t.Fatal(err)
			}
			o.Growth = g
			o.Limits = []Limit{{Bound: DenyNewRisks}}
		}
		check, err := Judge(c.report, o)
		if err != nil {
			t.Fatal(err)
		}
		unused := 0
		for i := range check.Ignored {
			if check.Ignored[i].Unused() {
				unused++
			}
		}
		reason := check.Thresholds[0].Reason
		if check.Passed != (c.reason == "") || !strings.HasSuffix(reason, c.reason) || unused != c.unused {
			t.Errorf("%s: passed %v, %d unused, %q", c.name, check.Passed, unused, reason)
		}
		left := check.PathsLeft(len(c.report.Findings)-1, &c.report.Findings[len(c.report.Findings)-1])
		if c.name == "one more" && strings.Join(left, " ") != "srv/other.key" {
			t.Errorf("left are %q", left)
		}
	}
}
