package report

import (
	"cmp"
	"io"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/jsontext"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/severity"
)

// GitLab writes the findings as a Code Quality report of GitLab, which merge
// requests show beside the lines: a list of what is found, each at a file and a
// line, and the limits that failed without a finding. What no line of a Dockerfile is
// known for stands at its FROM, or at line 1 of the one that GitLab would look for.
// Findings that the gate's settings ignore are left out.
//
// See "Code Quality report format" in GitLab's manual.
type GitLab struct {
	Paths    view.Paths
	Check    *model.Check   // nil without a gate
	Severity severity.Table // what the project sets
}

// gitlabIssue is one entry; all its members are needed.
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

var gitlabSeverities = map[severity.Level]string{severity.Note: "info", severity.Warning: "minor", severity.Error: "major"}

// Write implements Writer.
func (g GitLab) Write(w io.Writer, r *model.Report) error {
	v := view.NewFindings(r, g.Paths)
	prints, ignored, levels := v.Fingerprints(), view.Ignored(r, g.Check), g.Severity.Levels(r, g.Check)
	issues := make([]gitlabIssue, 0, len(r.Findings))
	for _, i := range view.RankedIndexes(r) {
		f := &r.Findings[i]
		if ignored[i] || levels[i] == severity.None {
			continue
		}
		issue := gitlabIssue{CheckName: f.Rule, Fingerprint: prints[i], Severity: gitlabSeverities[levels[i]], Location: gitlabPlace(v.Nowhere())}
		issue.Description = v.Headline(f) + "."
		if f.Fix != nil && f.Fix.Summary != "" {
			issue.Description += " " + v.OneLine(view.Clip(f.Fix.Summary))
		}
		issue.Description += " " + v.Type(f)
		if at := v.Location(f); at != nil {
			issue.Location = gitlabPlace(at)
		}
		issues = append(issues, issue)
	}
	for _, t := range view.FailedLimits(r, g.Check) {
		level := g.Severity.Threshold(t)
		if level == severity.None {
			continue
		}
		issue := gitlabIssue{CheckName: view.LimitID(t), Fingerprint: view.LimitPrint(t), Severity: gitlabSeverities[level], Location: gitlabPlace(cmp.Or(v.LimitPlace(t), v.Nowhere()))}
		issue.Description = v.LimitHeadline(t) + "."
		if t.Reason != "" {
			issue.Description += " " + v.OneLine(view.Clip(t.Reason))
		}
		issues = append(issues, issue)
	}
	return jsontext.WriteArray(w, issues)
}

func gitlabPlace(at *model.Location) gitlabLocation {
	return gitlabLocation{Path: at.File, Lines: gitlabLines{at.Line, at.EndLine}}
}
