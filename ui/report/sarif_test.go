package report

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// published is the schema of SARIF 2.1.0; testdata/sarif/README.md says whence.
func published(t testing.TB) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open("testdata/sarif/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSARIFFollowsTheSchema(t *testing.T) {
	s := published(t)
	for name, r := range map[string]*model.Report{"sample": reporttest.Sample(), "located": reporttest.Located(), "clean": reporttest.Clean(), "hostile": reporttest.Hostile(), "empty": {}} {
		for _, check := range []*model.Check{nil, reporttest.Judged(), reporttest.OverLimits()} {
			text := reporttest.Render(t, machines(check)["sarif"], r)
			if err := reporttest.Validate(s, text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	good := reporttest.Render(t, machines(nil)["sarif"], reporttest.Located())
	for _, c := range [][2]string{{`"2.1.0"`, `"2.2.0"`}, {`"level": "warning"`, `"level": "fatal"`}, {`"startLine": 4`, `"startLine": 0`}, {`"deletedRegion"`, `"region"`}} {
		if bad := strings.Replace(good, c[0], c[1], 1); bad == good || reporttest.Validate(s, bad) == nil {
			t.Errorf("the schema takes %s for %s", c[1], c[0])
		}
	}
}

// sarifLog is a log as a program reads it.
type sarifLog struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []sarifRun
}

// results reads a report back.
func results(t *testing.T, r *model.Report, check *model.Check) []sarifResult {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(reporttest.Render(t, machines(check)["sarif"], r)))
	d.DisallowUnknownFields()
	var log sarifLog
	if err := d.Decode(&log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0].Results
}

func TestSARIFLevelsAndRules(t *testing.T) {
	r := reporttest.Located()
	churn := r.Findings[4]
	churn.Rule, churn.Inherited, churn.Confidence, churn.HiddenBy = "package-db-churn", false, model.Certain, model.Ptr(1)
	r.Findings = append(r.Findings, churn)
	got := map[string]string{}
	for _, result := range results(t, r, nil) {
		got[result.RuleID] = result.Level
	}
	want := map[string]string{"apt-recommends": "warning", "metadata-copy": "note", "apt-lists": "warning", "runs-as-root": "note", "logs": "note", "package-db-churn": "note"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the settings ignore is suppressed, and no error; other results are known
// not to be, which an empty list says. Where nobody asked the gate, nobody knows.
func TestSARIFSuppressions(t *testing.T) {
	lists := func(s SARIF) map[string]string {
		var log struct {
			Runs []struct {
				Results []struct {
					RuleID, Level string
					Suppressions  json.RawMessage
				}
			}
		}
		if err := json.Unmarshal([]byte(reporttest.Render(t, s, reporttest.Located())), &log); err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, r := range log.Runs[0].Results {
			out[r.RuleID] = r.Level + " " + strings.Join(strings.Fields(string(r.Suppressions)), " ")
		}
		return out
	}
	want := map[string]string{
		"apt-recommends": "error []", "metadata-copy": "note []", "runs-as-root": "note []", "logs": "note []",
		"apt-lists": `note [ { "kind": "external", "status": "accepted", "justification": "mirror is slow (.tare.yaml:7, until 2027-01-31)" } ]`,
	}
	if diff := cmp.Diff(want, lists(SARIF{Check: reporttest.Judged()})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	delete(want, "apt-lists")
	if diff := cmp.Diff(want, lists(SARIF{Check: reporttest.Judged(), OpenOnly: true})); diff != "" {
		t.Errorf("for GitHub (-want +got):\n%s", diff)
	}
	for rule, got := range lists(SARIF{}) {
		if strings.Contains(got, "[") {
			t.Errorf("%s without a gate: %s", rule, got)
		}
	}
}

// Braces and brackets of an image make neither placeholders nor links.
func TestSARIFText(t *testing.T) {
	r := reporttest.Located()
	r.Findings[0].Title, r.Findings[0].Fix.Summary = "a {0} b", "see [it](https://evil.example) ${HOME}"
	first := results(t, r, nil)[0]
	if text := first.Message.Text; !strings.Contains(text, "a {{0}} b") || !strings.Contains(text, "[it] (https") || !strings.Contains(text, "${{HOME}}") {
		t.Errorf("the message is %q", text)
	}
	if text := first.Fixes[0].Description.Text; text != "see [it] (https://evil.example) ${{HOME}}" {
		t.Errorf("the fix is %q", text)
	}
}

func TestRuleHelpLinks(t *testing.T) {
	rule := Rule{Why: "why", Sources: []string{"ln(1)", "https://docs.example/x"}}
	if got, want := rule.help(true), "why\n\nln(1)\n\n<https://docs.example/x>"; got != want {
		t.Errorf("help is %q, want %q", got, want)
	}
}

// apply carries a fix out, as a program that knows SARIF would: columns that are
// not named reach from the line's start to its end.
func apply(t *testing.T, lines []string, fix sarifFix) string {
	t.Helper()
	if len(fix.ArtifactChanges) != 1 || len(fix.ArtifactChanges[0].Replacements) != 1 {
		t.Fatal("not one replacement")
	}
	r := fix.ArtifactChanges[0].Replacements[0]
	at := r.DeletedRegion
	if at.StartColumn != 1 { // results refuses an end column, which sarifRegion does not have
		t.Fatal("not whole lines")
	}
	return strings.Join(slices.Concat(lines[:at.StartLine-1], []string{r.InsertedContent.Text}, lines[at.EndLine:]), "\n")
}

func TestSARIFFixesApply(t *testing.T) {
	r := reporttest.Located()
	want := map[string]string{
		"apt-recommends": "# the shop\nFROM debian:bookworm-slim\nARG VERSION\nRUN apt-get update && apt-get install -y --no-install-recommends python3-pip git\nCOPY app /app\n\nRUN chown -R app /app && rm -rf /var/lib/apt/lists/*\n" + `CMD ["python3","/app/api.py"]`,
		"metadata-copy":  "# the shop\nFROM debian:bookworm-slim\nARG VERSION\nRUN apt-get update && apt-get install -y python3-pip git\nCOPY --chown=app app /app\nRUN rm -rf /var/lib/apt/lists/*\n" + `CMD ["python3","/app/api.py"]`,
		"apt-lists":      "# the shop\nFROM debian:bookworm-slim\nARG VERSION\nRUN apt-get update && apt-get install -y python3-pip git && rm -rf /var/lib/apt/lists/*\nCOPY app /app\n\nRUN chown -R app /app && rm -rf /var/lib/apt/lists/*\n" + `CMD ["python3","/app/api.py"]`,
	}
	got := map[string]string{}
	for _, result := range results(t, r, nil) {
		for _, fix := range result.Fixes {
			got[result.RuleID] = apply(t, r.Dockerfile.Lines, fix)
			if uri := fix.ArtifactChanges[0].Artifact.URI; uri != "images/api/Dockerfile" {
				t.Errorf("the fix is for %s", uri)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A fix that a program cannot carry out without harm is not offered to one; the
// others are.
func TestSARIFFixesThatWouldHarm(t *testing.T) {
	const recommends, lists, copied = "apt-recommends", "apt-lists", "metadata-copy"
	for _, c := range []struct {
		name    string
		spoil   func(*model.Report)
		offered []string
	}{
		{"nothing spoilt", func(*model.Report) {}, []string{recommends, lists, copied}},
		{"no Dockerfile", func(r *model.Report) { r.Dockerfile = nil }, nil},
		{"another file", func(r *model.Report) { r.Dockerfile.File = "other" }, nil},
		{"other lines", func(r *model.Report) { r.Dockerfile.Lines[3] += " curl" }, []string{copied}},
		{"a comment between", func(r *model.Report) { r.Dockerfile.Lines[5] = "# owner" }, []string{recommends, lists}},
		{"a backtick escapes", func(r *model.Report) { r.Dockerfile.Lines[0] = "# Escape = `" }, nil},
		{"the file is shorter", func(r *model.Report) { r.Dockerfile.Lines = r.Dockerfile.Lines[:4] }, []string{recommends, lists}},
		{"no location", func(r *model.Report) { r.Instructions[2].Location = nil }, []string{copied}},
		{"lines upside down", func(r *model.Report) { r.Instructions[4].Location = r.Instructions[2].Location }, []string{recommends, lists}},
		{"other instructions", func(r *model.Report) { r.Findings[1].Fix.Before = model.Ptr("COPY b /b") }, []string{recommends, lists}},
		{"no edit", func(r *model.Report) { r.Findings[0].Fix.Before = nil }, []string{lists, copied}},
		{"inherited", func(r *model.Report) { r.Findings[0].Inherited = true }, []string{lists, copied}},
		{"a build argument", func(r *model.Report) { r.Instructions[3].Keyword = "ARG" }, []string{recommends, lists}},
		{"a secret", func(r *model.Report) { r.Findings[0].Fix.After = model.Ptr("RUN login ***") }, []string{lists, copied}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := reporttest.Located()
			c.spoil(r)
			var offered []string
			for _, result := range results(t, r, nil) {
				if result.Fixes != nil {
					offered = append(offered, result.RuleID)
				}
			}
			if diff := cmp.Diff(c.offered, offered); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSARIFLocations(t *testing.T) {
	for _, r := range []*model.Report{reporttest.Sample(), reporttest.Located(), reporttest.Hostile()} {
		for _, result := range results(t, r, nil) {
			for _, l := range result.Locations {
				switch {
				case l.Physical == nil && len(l.Logical) == 0:
					t.Errorf("%s is nowhere", result.RuleID)
				case l.Physical != nil && regexp.MustCompile(`^/|^[a-z]+:|\\|\.\.`).MatchString(l.Physical.Artifact.URI):
					t.Errorf("%s is at %s", result.RuleID, l.Physical.Artifact.URI)
				}
			}
		}
	}
}

// TestSARIFIsTakenByCodeScanning holds what GitHub asks of a result beyond the schema:
// without a file in its first location it refuses the whole report.
func TestSARIFIsTakenByCodeScanning(t *testing.T) {
	for name, r := range map[string]*model.Report{"sample": reporttest.Sample(), "located": reporttest.Located(), "hostile": reporttest.Hostile()} {
		all := results(t, r, reporttest.OverLimits())
		if len(all) == 0 {
			t.Errorf("%s has no results", name)
		}
		for _, result := range all {
			if at := result.Locations[0].Physical; at == nil || at.Artifact.URI == "" || at.Region.StartLine < 1 {
				t.Errorf("%s: %s is at no file", name, result.RuleID)
			}
		}
	}
}

func TestSARIFTellsOfLimits(t *testing.T) {
	r := reporttest.Located()
	r.Findings = nil
	var got []string
	for _, result := range results(t, r, reporttest.OverLimits()) {
		at := result.Locations[0].Physical
		got = append(got, fmt.Sprintf("%s %s %s:%d %s", result.Level, result.RuleID, at.Artifact.URI, at.Region.StartLine, result.Message.Text))
	}
	want := []string{
		"error gate-max-size images/api/Dockerfile:4 max-size is 531 MB, the limit is 500 MB.\nstep 3 brings most of it",
		"error gate-require-labels images/api/Dockerfile:2 require-labels maintainer is not there, the limit is set.\nthe image has no label maintainer",
		"error gate-deny images/api/Dockerfile:2 deny nothing is 1 finding, the limit is none.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if all := results(t, r, reporttest.Judged()); len(all) > 0 && all[0].RuleID != "gate-max-wasted" {
		t.Errorf("a limit that counts findings has a result of its own: %+v", all)
	}
}
