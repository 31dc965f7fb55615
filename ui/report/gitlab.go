package report

import (
	"io"

	"github.com/tare-oci/tare/model"
)

// GitLab writes the findings as a Code Quality report of GitLab, which merge
// requests show beside the lines: a list of what is found, each at a file and a
// line. A finding that no line of a Dockerfile is known for stands at line 1 of
// the one that GitLab would look for. Findings that the gate's settings ignore
// are left out.
//
// See "Code Quality report format" in GitLab's manual.
type GitLab struct {
	Paths Paths
	Check *model.Check // nil where nobody asked the gate
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

var gitlabSeverities = map[weight]string{aside: "info", wasteful: "minor", sure: "major"}

// Write implements Writer.
func (g GitLab) Write(w io.Writer, r *model.Report) error {
	a := newAccount(r, g.Paths)
	prints, ignored := a.fingerprints(), excused(r, g.Check)
	nowhere := gitlabLocation{Path: "Dockerfile", Lines: gitlabLines{1, 1}}
	if r.Dockerfile != nil && r.Dockerfile.File != "" {
		nowhere.Path = a.paths.of(r.Dockerfile.File)
	}
	o := newObject(w)
	o.raw("[")
	for i := range r.Findings {
		f := &r.Findings[i]
		if ignored[i] {
			continue
		}
		issue := gitlabIssue{CheckName: f.Rule, Fingerprint: prints[i], Severity: gitlabSeverities[a.weigh(f)], Location: nowhere}
		issue.Description = a.headline(f) + "."
		if f.Fix != nil && f.Fix.Summary != "" {
			issue.Description += " " + a.OneLine(clip(f.Fix.Summary))
		}
		if at := a.place(f); at != nil {
			issue.Location = gitlabLocation{Path: at.File, Lines: gitlabLines{at.Line, at.EndLine}}
		}
		if o.fields++; o.fields > 1 {
			o.raw(",")
		}
		o.raw("\n  ")
		o.value(o.indent, issue)
	}
	o.raw("\n]\n")
	if o.err != nil {
		return o.err
	}
	return o.out.Flush()
}
