// Package fleet writes model.Fleet: what many images have in common. It writes text for a
// person, JSON and NDJSON for a program (docs/fleet.schema.json), CSV for a spreadsheet,
// Markdown, and a page for a browser with a picture of who shares what.
//
//	w, err := fleet.New("text", fleet.Options{Width: 120})
//	err = w.Write(os.Stdout, table)
//
// A writer keeps no state between calls and does not change the fleet, so it may be used by
// several goroutines at once. Names from images are escaped as in package report.
package fleet

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/formats"
)

// Writer writes a fleet in one format. The error is that of the underlying writer.
type Writer = formats.Writer[*model.Fleet]

// Options are what a caller may ask of a text; the other formats take no notice.
type Options = formats.Text

// table has all formats, in the order in which they are listed.
var table = formats.Table[Options, *model.Fleet]{Of: " for a fleet", Formats: []formats.Format[Options, *model.Fleet]{
	{Name: "text", New: func(o Options) Writer { return Text(o) }},
	{Name: "json", New: func(Options) Writer { return JSON{} }},
	{Name: "ndjson", New: func(Options) Writer { return NDJSON{} }},
	{Name: "csv", New: func(Options) Writer { return CSV{} }},
	{Name: "markdown", New: func(Options) Writer { return Markdown{} }},
	{Name: "html", New: func(Options) Writer { return HTML{} }},
}}

// Names lists the formats that New knows, in the order in which they are listed to people.
// The slice is the caller's.
func Names() []string { return table.Names() }

// New returns the writer of a format. The error is about a name that is not among Names.
func New(name string, o Options) (Writer, error) { return table.New(name, o) }
