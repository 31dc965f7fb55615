// Package releases writes model.Releases: what each image of a row makes those pull who have
// the one before, and which lines of the Dockerfile are the reason. It writes text for a
// person, JSON for a program (docs/releases.schema.json), Markdown, and a page for a browser.
//
//	w, err := releases.New("text", releases.Options{Width: 120})
//	err = w.Write(os.Stdout, table)
//
// A writer keeps no state between calls and does not change the row, so it may be used by
// several goroutines at once. Names from images are escaped as in package report.
package releases

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/formats"
)

// Writer writes a row of releases in one format. The error is that of the underlying writer.
type Writer = formats.Writer[*model.Releases]

// Options are what a caller may ask of a text; the other formats take no notice.
type Options = formats.Text

// table has all formats, in the order in which they are listed.
var table = formats.Table[Options, *model.Releases]{Of: " for releases", Formats: []formats.Format[Options, *model.Releases]{
	{Name: "text", New: func(o Options) Writer { return Text(o) }},
	{Name: "json", New: func(Options) Writer { return JSON{} }},
	{Name: "markdown", New: func(Options) Writer { return Markdown{} }},
	{Name: "html", New: func(Options) Writer { return HTML{} }},
}}

// Names lists the formats that New knows, in the order in which they are listed
// to people. The slice is the caller's.
func Names() []string { return table.Names() }

// New returns the writer of a format. The error is about a name that is not
// among Names.
func New(name string, o Options) (Writer, error) { return table.New(name, o) }
