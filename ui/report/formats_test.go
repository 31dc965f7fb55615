package report

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// located is the sample with the Dockerfile it was built from.
func located() *model.Report {
	r := sample()
	const file = "images/api/Dockerfile"
	r.Dockerfile = &model.Dockerfile{File: file, How: model.FromDockerfile, Lines: []string{
		"# the shop",
		"FROM debian:bookworm-slim",
		"ARG VERSION",
		"RUN apt-get update && apt-get install -y python3-pip git",
		"COPY app /app",
		"",
		"RUN chown -R app /app && rm -rf /var/lib/apt/lists/*",
		`CMD ["python3","/app/api.py"]`,
	}}
	for i, line := range map[int]int{0: 2, 1: 2, 2: 4, 3: 5, 4: 7, 5: 8} {
		in := &r.Instructions[i]
		in.How, in.Location = model.FromDockerfile, &model.Location{File: file, Line: line, EndLine: line}
	}
	r.Findings = append(r.Findings, model.Finding{
		ID: "logs/0", Rule: "logs", Title: "log files", Confidence: model.Likely, Bytes: 58_000, Verdict: model.Ptr(model.Leftover), Cause: model.Ptr("logs"),
		Layer: model.Ptr(0), Instruction: model.Ptr(0), Inherited: true, FileCount: 3, Paths: []string{"var/log/dpkg.log"},
		Fix: &model.Fix{Strategy: model.ChangeBase, Summary: "The base image brought them: take a newer one."},
	})
	return r
}

// judged is what a gate said of located: one figure over its limit.
func judged() *model.Check {
	return &model.Check{
		Scope: model.ScopeOwn,
		Thresholds: []model.Threshold{
			{Name: "max-wasted", Figure: "413 MB", Limit: "20 MB", Reason: "packages nobody asked for are the most of it", Findings: []int{0, 1}},
			{Name: "deny", Rule: "apt-cache", Passed: true, Figure: "0 findings", Limit: "none", Reason: "no such finding"},
			{Name: "max-layers", Passed: true, Figure: "4", Limit: "10", Reason: "4 layers"},
		},
		Ignored: []model.Ignored{
			{Where: ".tare.yaml:7", What: "rule apt-lists", Reason: "mirror is slow", Expires: "2027-01-31", Findings: []int{2}, Bytes: 21_000_000},
			{Where: ".tare.yaml:9", What: "package curl", Reason: "for debugging"},
		},
		Notes: []string{"scope own: findings of the base image are not counted"},
	}
}

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

// machines are the writers for other programs, and Markdown.
func machines(c *model.Check) map[string]Writer {
	paths := Paths{Folder: "/home/ci/shop", Root: "/home/ci/shop"}
	return map[string]Writer{
		"json":     JSON{Check: c},
		"sarif":    SARIF{Rules: rulesOfSample(), Paths: paths, Check: c},
		"junit":    JUnit{Rules: rulesOfSample(), Paths: paths, Check: c},
		"markdown": Markdown{Paths: paths, Check: c},
		"github":   GitHub{Paths: paths, Check: c},
		"gitlab":   GitLab{Paths: paths, Check: c},
	}
}

func TestFormats(t *testing.T) {
	partial := located()
	partial.Partial, partial.Notes = true, []string{"partial: 2 of 4 layers were read"}
	for _, c := range []struct {
		name   string
		report *model.Report
		check  *model.Check
	}{
		{"sample", sample(), nil},
		{"located", located(), nil},
		{"gate", located(), judged()},
		{"clean", clean(), &model.Check{Scope: model.ScopeAll, Passed: true, Thresholds: []model.Threshold{{Name: "min-efficiency", Passed: true, Figure: "100 %", Limit: "90 %"}}}},
		{"partial", partial, nil},
		{"hostile", hostile(), judged()},
		{"empty", &model.Report{}, &model.Check{}},
	} {
		for name, w := range machines(c.check) {
			if name == "json" {
				continue // TestJSON has it
			}
			t.Run(c.name+" "+name, func(t *testing.T) {
				text := render(t, w, c.report)
				golden.RequireEqual(t, text)
				wellFormed(t, name, text)
				if again := render(t, w, c.report); again != text {
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
		if len(text) > 65_000 {
			t.Errorf("%d bytes of Markdown", len(text))
		}
		inert(t, text)
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
	for name, w := range machines(judged()) {
		if err := w.Write(failing{}, located()); err != io.ErrClosedPipe {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Files are named relative to the repository, never by where they are here.
func TestPaths(t *testing.T) {
	at := Paths{Folder: "/home/ci/shop/api", Root: "/home/ci/shop"}
	for _, c := range []struct {
		paths      Paths
		file, want string
	}{
		{at, "Dockerfile", "api/Dockerfile"},
		{at, "./docker/Dockerfile", "api/docker/Dockerfile"},
		{at, "../web/Dockerfile", "web/Dockerfile"},
		{at, "/home/ci/shop/Dockerfile", "Dockerfile"},
		{at, "/etc/build/Dockerfile", "Dockerfile"},
		{at, "../../other/Dockerfile", "Dockerfile"},
		{at, `C:\api\Dockerfile`, "Dockerfile"},
		{at, "C:/api/Dockerfile", "Dockerfile"},
		{Paths{}, "Dockerfile", "Dockerfile"},
		{Paths{}, "docker/Dockerfile", "docker/Dockerfile"},
		{Paths{}, "/home/ci/Dockerfile", "Dockerfile"},
		{Paths{}, "../Dockerfile", "Dockerfile"},
		{Paths{}, "", "Dockerfile"},
		{Paths{}, "/", "Dockerfile"},
		{at, "../../..", "Dockerfile"},
		{Paths{}, "..", "Dockerfile"},
	} {
		if got := c.paths.of(c.file); got != c.want || path.IsAbs(got) {
			t.Errorf("%+v names %q %q, want %q", c.paths, c.file, got, c.want)
		}
	}
}

// Whoever runs in CI gets no colours, whatever the environment says.
func TestFormatsHaveNoColor(t *testing.T) {
	t.Setenv("CLICOLOR_FORCE", "1")
	t.Setenv("FORCE_COLOR", "1")
	_ = os.Unsetenv("NO_COLOR")
	for name, w := range machines(judged()) {
		if text := render(t, w, located()); strings.Contains(text, "\x1b") {
			t.Errorf("%s is coloured", name)
		}
	}
}

// What the gate said follows the published schema, lists are never null, and a
// report without a gate has none of it.
func TestJSONCheck(t *testing.T) {
	s := schema(t)
	for _, c := range []*model.Check{judged(), {Scope: model.ScopeAll, Thresholds: []model.Threshold{{}}, Ignored: []model.Ignored{{}}}} {
		text := render(t, JSON{Check: c}, located())
		if err := validate(s, text); err != nil {
			t.Error(err)
		}
		if strings.Contains(text[strings.Index(text, `"check"`):], "null") {
			t.Errorf("null in\n%s", text)
		}
		for _, bad := range [][2]string{{`"scope": "`, `"scope": "x`}, {`"ignored": [`, `"ignores": [`}, {`"figure": "`, `"number": "`}} {
			if other := strings.Replace(text, bad[0], bad[1], 1); other == text || validate(s, other) == nil {
				t.Errorf("the schema takes %s", bad[1])
			}
		}
	}
	if strings.Contains(render(t, JSON{}, located()), `"check"`) {
		t.Error("a check that nobody asked for")
	}
	var back struct{ Check model.Check }
	if err := json.Unmarshal([]byte(render(t, JSON{Check: judged()}, located())), &back); err != nil {
		t.Fatal(err)
	}
	want := judged()
	want.Ignored[1].Findings = []int{}
	for i := range want.Thresholds {
		want.Thresholds[i].Findings = notNil(want.Thresholds[i].Findings)
	}
	if diff := cmp.Diff(*want, back.Check); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
