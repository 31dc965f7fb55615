package comment_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/comment"
	"github.com/tare-oci/tare/ui/report/reporttest"
	"github.com/tare-oci/tare/ui/report/view"
)

// written is a comment on a pull request; from is nil for a first report.
func written(t *testing.T, dir string, from, to *model.Report, check *model.Check) string {
	t.Helper()
	c := comment.Comment{Report: to, Check: check, Paths: view.Paths{Dir: dir, Root: dir}}
	if from != nil {
		c.Comparison, c.Older = compare.Reports(from, to), from
		c.Before = "the image of main"
	} else {
		c.Notes = []string{"registry:ghcr.io/shop/api:main: there is no such image"}
	}
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := c.Write(reporttest.Failing{}); err != io.ErrClosedPipe {
		t.Errorf("error %v", err)
	}
	return b.String()
}

// TestShapes holds the most common kinds of pull requests to what they looked
// like when somebody read them.
func TestShapes(t *testing.T) {
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			dir := t.TempDir()
			var from *model.Report
			if s.from != nil {
				from = s.from.report(t, dir)
			}
			to := s.to.report(t, dir)
			text := written(t, dir, from, to, judge(t, from, to, s.ignores, s.limits...))
			reporttest.CheckComment(t, text)
			for _, want := range s.says {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q", want)
				}
			}
			golden.RequireEqual(t, text)
		})
	}
}

// TestHostile: nothing of an image is obeyed, and no image is too large.
func TestHostile(t *testing.T) {
	monster, check := reporttest.Monster()
	for name, pair := range map[string][2]*model.Report{
		"hostile": {reporttest.Located(), reporttest.Hostile()}, "hostile before": {reporttest.Hostile(), reporttest.Located()},
		"hostile alone": {nil, reporttest.Hostile()}, "monster": {reporttest.Located(), monster}, "monster alone": {nil, monster},
		"empty": {&model.Report{}, &model.Report{}},
	} {
		if name == "monster alone" && imagetest.Rounds(0, 0, 1) == 0 {
			continue // it takes half a second, and is the other without a comparison
		}
		text := written(t, t.TempDir(), pair[0], pair[1], check)
		reporttest.CheckComment(t, text)
		if strings.Count(text, "<details>") != strings.Count(text, "</details>") {
			t.Errorf("%s: a fold is left open", name)
		}
		if !strings.HasPrefix(text, "### tare: ") {
			t.Errorf("%s: it begins with %.80q", name, text)
		}
	}
}

// TestLetThrough: a growth that somebody lets through is told openly, with the reason.
func TestLetThrough(t *testing.T) {
	check := reporttest.Judged()
	for i := range check.Thresholds {
		check.Thresholds[i].Passed = true
	}
	check.Passed = true
	check.Thresholds[0].Reason = "size 9.3 MB instead of 4.3 MB; let through until 2027-06-30: the new model (.tare.yaml:4)"
	text := written(t, t.TempDir(), reporttest.Located(), reporttest.Located(), check)
	reporttest.CheckComment(t, text)
	const want = "**Let through** until `2027-06-30`: the new model `(.tare.yaml:4)`: `max-wasted` is 413 MB.\n"
	if !strings.Contains(text, want) || strings.Count(text, "Let through") != 1 {
		t.Errorf("it does not say %q:\n%s", want, text)
	}
}

// TestWhatIsNotTheRequests: what is only possible is no change to make, and a risk that the
// settings excuse is no news.
func TestWhatIsNotTheRequests(t *testing.T) {
	r := &model.Report{Image: model.Image{Reference: "app:1", Size: 50_000_000}}
	r.Findings = []model.Finding{
		{ID: "curl", Rule: "unused-tools", Title: "tools that nothing uses", Confidence: model.Possible, Bytes: 5_000_000},
		{ID: "key", Rule: "baked-in-secret", Title: "a private key", Confidence: model.Certain, Paths: []string{"app/key.pem"}},
	}
	r.Changes = []model.Change{{ID: "curl", Title: "leave out curl", Confidence: model.Possible, Bytes: 5_000_000, Findings: []string{"curl"}}}
	r.Risks = []string{"key"}
	check := &model.Check{Passed: true, Thresholds: []model.Threshold{{Name: "max-size", Passed: true}}, Ignored: []model.Ignored{{Where: ".tare.yaml:3", What: "rule baked-in-secret", Findings: []int{1}}}}
	text := written(t, t.TempDir(), nil, r, check)
	if strings.Contains(text, "What to change") || strings.Contains(strings.SplitN(text, "\n", 2)[0], "risk") || strings.Contains(text, "**Risk:**") || !strings.Contains(text, "1 possible change**") {
		t.Error(text)
	}
	check.Ignored = nil
	r.Changes[0].Confidence = model.Likely
	if text = written(t, t.TempDir(), nil, r, check); !strings.Contains(text, "What to change") || !strings.Contains(strings.SplitN(text, "\n", 2)[0], "1 risk") {
		t.Error(text)
	}
}

// TestNewBase: what the layers above a base hide of it does not change it.
func TestNewBase(t *testing.T) {
	of := func(layer string, bytes, hidden int64) *model.Report {
		r := &model.Report{Image: model.Image{Reference: "app:1", Size: 2000, Base: model.Base{Layers: 1, How: model.BaseByFlag}}}
		r.Layers = []model.Layer{{Size: bytes, DiffID: &layer, Inherited: true}, {Index: 1, Size: 2000 - bytes}}
		r.Summary.Inherited.Size = bytes - hidden
		return r
	}
	for name, c := range map[string]struct {
		to   *model.Report
		says string
	}{
		"the same": {of("sha256:a", 1000, 0), ""}, "more of it is hidden": {of("sha256:a", 1000, 300), ""},
		"another": {of("sha256:b", 1200, 200), "The base image changed, from 1.0 kB to 1.2 kB.\n"}, "another of the same size": {of("sha256:b", 1000, 0), "The base image changed.\n"},
	} {
		text := written(t, t.TempDir(), of("sha256:a", 1000, 0), c.to, nil)
		if strings.Contains(text, "The base image changed") != (c.says != "") || !strings.Contains(text, c.says) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestEditsAreShown: the command in the last line has something to write, or is another.
func TestEditsAreShown(t *testing.T) {
	change := func(id string, flags *string) model.Change {
		return model.Change{ID: id, Title: "change " + id, Kind: model.EditChange, Confidence: model.Possible, Bytes: 5_000_000, Flags: flags}
	}
	asked, plain := change("a", model.Ptr("--rule unused-tools")), change("b", model.Ptr(""))
	for want, changes := range map[string][]model.Change{
		"`tare fix app:1 -f Dockerfile --rule unused-tools` shows the edits as a diff.\n": {asked},
		"`tare fix app:1 -f Dockerfile` shows the edits as a diff.\n":                     {asked, plain},
		"`tare app:1` shows all.\n": {change("c", nil)},
	} {
		r := &model.Report{Image: model.Image{Reference: "app:1", Size: 50_000_000}, Changes: changes, Dockerfile: &model.Dockerfile{File: "Dockerfile"}}
		if text := written(t, t.TempDir(), nil, r, nil); !strings.HasSuffix(text, want) {
			t.Errorf("it does not end with %q: %s", want, text)
		}
	}
}

// TestFilesOfARisk: each file of a risk is named that the settings do not excuse, and those that the
// image before had stand apart.
func TestFilesOfARisk(t *testing.T) {
	with := func(paths ...string) *model.Report {
		r := &model.Report{Image: model.Image{Reference: "app:1", Size: 50_000_000}}
		r.Findings = []model.Finding{{ID: "key", Rule: "baked-in-secret", Title: "a private key", Confidence: model.Certain, Paths: paths}}
		r.Risks = []string{"key"}
		return r
	}
	check := &model.Check{Thresholds: []model.Threshold{{Name: "deny", Rule: "risks"}}, Ignored: []model.Ignored{{Where: ".tare.yaml:3", What: "path srv/.env", Partly: []int{0}, Paths: []string{"srv/.env"}}}}
	risks := func(text string) (lines []string) {
		for line := range strings.Lines(text) {
			if rest, ok := strings.CutPrefix(line, "- **Risk:** "); ok {
				lines = append(lines, strings.TrimSuffix(rest, "\n"))
			}
		}
		return lines
	}
	text := written(t, t.TempDir(), nil, with("srv/.env", "srv/a.pem", "srv/b.pem"), check)
	if got := risks(text); len(got) != 1 || got[0] != "a private key `/srv/a.pem`, `/srv/b.pem`" {
		t.Errorf("%q in\n%s", got, text)
	}
	text = written(t, t.TempDir(), with("srv/.env", "srv/a.pem"), with("srv/.env", "srv/a.pem", "srv/b.pem"), check)
	if got := risks(text); len(got) != 2 || got[0] != "a private key `/srv/b.pem`" || got[1] != "a private key `/srv/a.pem`" {
		t.Errorf("%q in\n%s", got, text)
	}
}
