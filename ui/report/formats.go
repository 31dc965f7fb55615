package report

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/formats"
	"github.com/tare-oci/tare/ui/report/html"
	"github.com/tare-oci/tare/ui/report/markdown"
	"github.com/tare-oci/tare/ui/report/text"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/severity"
)

// Paths says how files are named to other programs.
type Paths = view.Paths

// Options are what a caller may ask of a report. A format heeds those that mean
// something to it; the zero value is a plain report without a gate.
type Options struct {
	Check *model.Check // what the gate said; nil without a gate
	Older string       // of the gate's text: what growth is about, as the user named it
	Paths Paths        // how the Dockerfile is named to other programs
	Rules []Rule       // the catalogue, for formats that list rules

	Severity severity.Table // what the project sets, for formats that say how bad a finding is

	Width   int  // of text: columns; 0 means 80
	Color   bool // of text: colours by escape sequences
	ASCII   bool // of text: nothing but ASCII
	Verbose bool // of text: everything
	Quiet   bool // of the gate's text: failures alone

	Files    bool // of JSON: every file version and entry
	OpenOnly bool // of SARIF: leave out what the settings ignore
}

// table has all formats of a report, in the order in which they are listed. To add one, write
// a type with the method of Writer in a file or a package of its own, and give it a line here
// and one in docs/formats.md.
var table = formats.Table[Options, *model.Report]{Formats: []formats.Format[Options, *model.Report]{
	{Name: "text", About: "a person; `-v` for everything", New: newText},
	{Name: "json", About: "a program: [json.md](json.md), [report.schema.json](report.schema.json)", New: func(o Options) Writer { return JSON{Files: o.Files, Check: o.Check} }},
	{Name: "markdown", About: "a comment on a pull request, never longer than one may be", New: func(o Options) Writer { return markdown.Report{Paths: o.Paths, Check: o.Check} }},
	{Name: "sarif", About: "code scanning and editors: SARIF 2.1.0", New: func(o Options) Writer {
		return SARIF{Rules: o.Rules, Paths: o.Paths, Check: o.Check, Severity: o.Severity, OpenOnly: o.OpenOnly}
	}},
	{Name: "junit", About: "the test results of any CI system", New: func(o Options) Writer {
		return JUnit{Rules: o.Rules, Paths: o.Paths, Check: o.Check, Severity: o.Severity}
	}},
	{Name: "github", About: "annotations of the Dockerfile's lines in GitHub Actions", New: func(o Options) Writer { return GitHub{Paths: o.Paths, Check: o.Check, Severity: o.Severity} }},
	{Name: "gitlab", About: "GitLab's Code Quality", New: func(o Options) Writer { return GitLab{Paths: o.Paths, Check: o.Check, Severity: o.Severity} }},
	{Name: "html", About: "a browser: one file, nothing loaded", New: func(o Options) Writer { return html.Page{Paths: o.Paths, Check: o.Check} }},
}}

func newText(o Options) Writer {
	plain := text.Report{Width: o.Width, Color: o.Color, ASCII: o.ASCII, Verbose: o.Verbose}
	if o.Check != nil {
		return text.Check{Report: plain, Check: o.Check, Older: o.Older, Quiet: o.Quiet}
	}
	return plain
}

// Names lists the formats that New knows, in the order in which they are listed
// to people. The slice is the caller's.
func Names() []string { return table.Names() }

// New returns the writer of a format. The error is about a name that is not
// among Names.
func New(name string, o Options) (Writer, error) { return table.New(name, o) }

// NeedsTree reports whether a writer reads Report.Tree, which an analysis can be
// spared otherwise. A writer that does has a method of that name.
func NeedsTree(w Writer) bool {
	reader, ok := w.(interface{ NeedsTree() bool })
	return ok && reader.NeedsTree()
}
