package report

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/jsontext"
	"github.com/tare-oci/tare/ui/report/reporttest"
	"github.com/tare-oci/tare/ui/report/view"
)

// rulesOfSample is a small catalogue.
func rulesOfSample() []Rule {
	return []Rule{
		{
			ID: "apt-lists", Group: "package caches", Title: "apt package lists", Why: "Nothing reads them while the container runs.", Confidence: model.Certain,
			See: "docker run --rm IMAGE du -sh /var/lib/apt/lists", Before: "RUN apt-get update", After: "RUN apt-get update && rm -rf /var/lib/apt/lists/*",
			WhenNot: "Where the container installs packages.", Sources: []string{"https://manpages.debian.org/apt-get"},
		},
		{ID: "apt-cache", Group: "package caches", Title: "downloaded packages", Why: "They are installed already.", Confidence: model.Certain},
		{ID: "apt-recommends", Group: "packages", Title: "recommended packages", Why: "Nobody asked for them.", Confidence: model.Likely},
		{ID: "metadata-copy", Group: "structure", Title: "files copied for their metadata", Why: "A layer holds them whole.", Confidence: model.Certain},
		{ID: "runs-as-root", Group: "running well on Kubernetes", Title: "the program runs as root", Why: "A hole in it is one in the node.", Confidence: model.Possible},
	}
}

// machines are the writers for other programs, and Markdown: all of the table in formats.go
// but text and HTML, whose tests are in their packages.
func machines(c *model.Check) map[string]Writer {
	paths := view.Paths{Dir: "/home/ci/shop", Root: "/home/ci/shop"}
	writers := map[string]Writer{}
	for _, f := range table.Formats {
		if f.Name != "text" && f.Name != "html" {
			writers[f.Name] = f.New(Options{Rules: rulesOfSample(), Paths: paths, Check: c})
		}
	}
	return writers
}

func TestFormats(t *testing.T) {
	partial := reporttest.Located()
	partial.Partial, partial.Notes = true, []string{"partial: 2 of 4 layers were read"}
	for _, c := range []struct {
		name   string
		report *model.Report
		check  *model.Check
	}{
		{"sample", reporttest.Sample(), nil},
		{"located", reporttest.Located(), nil},
		{"gate", reporttest.Located(), reporttest.Judged()},
		{"limits", reporttest.Located(), reporttest.OverLimits()},
		{"clean", reporttest.Clean(), &model.Check{Scope: model.ScopeAll, Passed: true, Thresholds: []model.Threshold{{Name: "min-efficiency", Passed: true, Figure: "100 %", Limit: "90 %"}}}},
		{"partial", partial, nil},
		{"hostile", reporttest.Hostile(), reporttest.Judged()},
		{"empty", &model.Report{}, &model.Check{}},
	} {
		for name, w := range machines(c.check) {
			if name == "json" {
				continue // TestJSON has it
			}
			t.Run(c.name+" "+name, func(t *testing.T) {
				text := reporttest.Render(t, w, c.report)
				golden.RequireEqual(t, text)
				wellFormed(t, name, text)
				if again := reporttest.Render(t, w, c.report); again != text {
					t.Error("the same report gives other bytes")
				}
			})
		}
	}
}

// wellFormed holds a format's text to what every reader of it relies on.
func wellFormed(t *testing.T, name, text string) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if name == "github" {
			line = strings.TrimPrefix(line, "::") // of a command of ours
		}
		if line != display.Escape(line) {
			t.Errorf("line %d would be obeyed by a terminal: %q", i+1, line)
		}
	}
	if !utf8.ValidString(text) {
		t.Error("not UTF-8")
	}
	switch name {
	case "json", "sarif", "gitlab":
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Errorf("not JSON: %v", err)
		}
		if name == "gitlab" {
			codeQuality(t, text)
		}
	case "junit":
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("not XML: %v", err)
			}
		}
	case "markdown":
		reporttest.CheckComment(t, text)
	case "github":
		commands(t, text)
	}
}

// codeQuality holds a report to what GitLab's manual asks of one ("Code Quality
// report format"): all members there, a severity of its list, a path relative to
// the repository without "./", and no fingerprint twice, which GitLab would take
// for one finding.
func codeQuality(t *testing.T, text string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	var issues []gitlabIssue
	if err := d.Decode(&issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, issue := range issues {
		at := issue.Location
		switch {
		case issue.Description == "", len(issue.Fingerprint) != 32, seen[issue.Fingerprint]:
			t.Errorf("%+v: no description, or a fingerprint that is short or there twice", issue)
		case !slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, issue.Severity):
			t.Errorf("the severity %q is none of GitLab's", issue.Severity)
		case at.Path == "", path.IsAbs(at.Path), path.Clean(at.Path) != at.Path, at.Path == "..", strings.HasPrefix(at.Path, "../"):
			t.Errorf("the path is %q", at.Path)
		case at.Lines.Begin < 1, at.Lines.End < at.Lines.Begin:
			t.Errorf("the lines are %+v", at.Lines)
		}
		seen[issue.Fingerprint] = true
	}
}

func TestFormatsReportWriteErrors(t *testing.T) {
	for name, w := range machines(reporttest.Judged()) {
		if err := w.Write(reporttest.Failing{}, reporttest.Located()); err != io.ErrClosedPipe {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Whoever runs in CI gets no colours, whatever the environment says.
func TestFormatsHaveNoColor(t *testing.T) {
	t.Setenv("CLICOLOR_FORCE", "1")
	t.Setenv("FORCE_COLOR", "1")
	_ = os.Unsetenv("NO_COLOR")
	for name, w := range machines(reporttest.Judged()) {
		if text := reporttest.Render(t, w, reporttest.Located()); strings.Contains(text, "\x1b") {
			t.Errorf("%s is coloured", name)
		}
	}
}

// What the gate said follows the published schema, lists are never null, and a
// report without a gate has none of it.
func TestJSONCheck(t *testing.T) {
	s := schema(t)
	for _, c := range []*model.Check{reporttest.Judged(), {Scope: model.ScopeAll, Thresholds: []model.Threshold{{}}, Ignored: []model.Ignored{{}}}} {
		text := reporttest.Render(t, JSON{Check: c}, reporttest.Located())
		if err := reporttest.Validate(s, text); err != nil {
			t.Error(err)
		}
		if strings.Contains(text[strings.Index(text, `"check"`):], "null") {
			t.Errorf("null in\n%s", text)
		}
		for _, bad := range [][2]string{{`"scope": "`, `"scope": "x`}, {`"ignored": [`, `"ignores": [`}, {`"figure": "`, `"number": "`}} {
			if other := strings.Replace(text, bad[0], bad[1], 1); other == text || reporttest.Validate(s, other) == nil {
				t.Errorf("the schema takes %s", bad[1])
			}
		}
	}
	if strings.Contains(reporttest.Render(t, JSON{}, reporttest.Located()), `"check"`) {
		t.Error("a check that nobody asked for")
	}
	var back struct{ Check model.Check }
	if err := json.Unmarshal([]byte(reporttest.Render(t, JSON{Check: reporttest.Judged()}, reporttest.Located())), &back); err != nil {
		t.Fatal(err)
	}
	want := reporttest.Judged()
	want.Ignored[1].Findings = []int{}
	for i := range want.Thresholds {
		want.Thresholds[i].Findings = jsontext.NotNil(want.Thresholds[i].Findings)
	}
	if diff := cmp.Diff(*want, back.Check); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var command = regexp.MustCompile(`^::(error|warning|notice) (?:file=[^:,]+,line=[0-9]+,endLine=[0-9]+,)?title=([^:,]*)::(.+)$`)

// commands holds every line to be one command of the three kinds, as the runner
// takes them apart, or the line that says what was left out.
func commands(t *testing.T, text string) {
	t.Helper()
	count := map[string]int{}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" || strings.HasSuffix(line, "GitHub shows 10 of a step") {
			continue
		}
		m := command.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("no command: %q", line)
			continue
		}
		if count[m[1]]++; count[m[1]] > 10 {
			t.Errorf("more than ten of %s", m[1])
		}
	}
}
