package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/markdown"
	"github.com/tare-oci/tare/ui/report/reporttest"
	"github.com/tare-oci/tare/ui/report/view"
)

// whole is the catalogue as the commands hand it over.
func whole() (rules []Rule) {
	for _, r := range analyze.Rules() {
		rules = append(rules, Rule{
			ID: r.ID, Group: string(r.Group), Title: r.Title, Why: r.Why, Confidence: r.Confidence,
			See: r.See, Before: r.Before, After: r.After, WhenNot: r.WhenNot, Sources: r.Sources,
		})
	}
	return rules
}

// Reports of real analyses follow the formats' schemas, with and without a
// Dockerfile; each finding is in SARIF and in GitLab's report, and each fix that
// SARIF offers replaces exactly the instructions that tare shows.
func TestFormatsOfSamples(t *testing.T) {
	schema, ant := published(t), antSchema(t)
	fixes := 0
	layers, err := store.Open(t.TempDir(), store.DefaultSize) // each sample's are read once
	if err != nil {
		t.Fatal(err)
	}
	defer layers.Close()
	for n, sample := range demo.Samples()[:imagetest.Rounds(2, 2, len(demo.Samples()))] {
		dockerfile := filepath.Join(t.TempDir(), "Dockerfile")
		if err := os.WriteFile(dockerfile, []byte(sample.Dockerfile), 0o600); err != nil {
			t.Fatal(err)
		}
		files := []string{dockerfile, ""}
		if n > 1 {
			files = files[:imagetest.Rounds(1, 1, 2)]
		}
		for _, file := range files {
			r, err := analyze.Image(t.Context(), "demo:"+sample.Name, analyze.Options{Store: layers, Dockerfile: file})
			if err != nil {
				t.Fatal(err)
			}
			paths := view.Paths{Dir: filepath.Dir(dockerfile), Root: filepath.Dir(dockerfile)}
			text := reporttest.Render(t, SARIF{Rules: whole(), Paths: paths}, r)
			wellFormed(t, "sarif", text)
			if err := reporttest.Validate(schema, text); err != nil {
				t.Errorf("%s: SARIF: %v", sample.Name, err)
			}
			var log sarifLog
			if err := json.Unmarshal([]byte(text), &log); err != nil {
				t.Fatal(err)
			}
			if got := log.Runs[0].Results; len(got) != len(r.Findings) {
				t.Errorf("%s: %d results of %d findings", sample.Name, len(got), len(r.Findings))
			}
			ranked := view.RankedIndexes(r)
			for i, result := range log.Runs[0].Results {
				rule := log.Runs[0].Tool.Driver.Rules[result.RuleIndex]
				if rule.ID != result.RuleID || rule.Help.Text == "" || rule.Help.Markdown == "" {
					t.Errorf("%s: no help for %s", sample.Name, result.RuleID)
				}
				for _, fix := range result.Fixes {
					fixes++
					at := fix.ArtifactChanges[0].Replacements[0].DeletedRegion
					lines := slices.DeleteFunc(slices.Clone(r.Dockerfile.Lines[at.StartLine-1:at.EndLine]), func(line string) bool { return line == "" })
					if got := strings.Join(lines, "\n"); got != *r.Findings[ranked[i]].Fix.Before {
						t.Errorf("%s: the fix for %s replaces %q", sample.Name, result.RuleID, got)
					}
				}
			}
			text = reporttest.Render(t, JUnit{Rules: whole(), Paths: paths}, r)
			wellFormed(t, "junit", text)
			if err := ant.validate(text); err != nil {
				t.Errorf("%s: JUnit: %v", sample.Name, err)
			}
			if got := strings.Count(text, "<testcase "); got != len(analyze.Rules()) {
				t.Errorf("%s: %d test cases", sample.Name, got)
			}
			var issues []gitlabIssue
			if err := json.Unmarshal([]byte(reporttest.Render(t, GitLab{Paths: paths}, r)), &issues); err != nil {
				t.Fatal(err)
			}
			prints := map[string]bool{}
			for _, issue := range issues {
				prints[issue.Fingerprint] = true
				if issue.Location.Path != "Dockerfile" || issue.Location.Lines.Begin < 1 || issue.Description == "" {
					t.Errorf("%s: %+v", sample.Name, issue)
				}
			}
			if len(prints) != len(r.Findings) {
				t.Errorf("%s: %d fingerprints of %d findings", sample.Name, len(prints), len(r.Findings))
			}
			wellFormed(t, "github", reporttest.Render(t, GitHub{Paths: paths}, r))
			wellFormed(t, "markdown", reporttest.Render(t, markdown.Report{Paths: paths, Check: &model.Check{}}, r))
		}
	}
	if fixes == 0 {
		t.Error("no sample has a fix that SARIF could offer")
	}
}
