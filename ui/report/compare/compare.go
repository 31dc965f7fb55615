// Package compare writes a model.Comparison: what was added, what went away, and what grew or shrank
// from one image to another. It writes text for a person, JSON for a program
// (docs/compare.schema.json), and Markdown for a comment on a pull request.
//
//	w, err := compare.New("markdown", compare.Options{})
//	err = w.Write(os.Stdout, comparison)
//
// A writer keeps no state between calls and does not change the comparison, so it may be used by
// several goroutines at once. Names from the image are escaped as in package report.
package compare

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/formats"
	"github.com/tare-oci/tare/ui/report/view"
)

// Writer writes a comparison in one format. The error is that of the underlying
// writer.
type Writer = formats.Writer[*model.Comparison]

// Options are what a caller may ask of a comparison. A format heeds those that
// mean something to it.
type Options struct {
	Paths view.Paths // of Markdown: how the Dockerfile is named

	Width   int  // of text: columns; 0 means 80
	Color   bool // of text: colours by escape sequences
	ASCII   bool // of text: nothing but ASCII
	Verbose bool // of text: every change
}

// table has all formats, in the order in which they are listed.
var table = formats.Table[Options, *model.Comparison]{Of: " for a comparison", Formats: []formats.Format[Options, *model.Comparison]{
	{Name: "text", New: func(o Options) Writer {
		return Text{Width: o.Width, Color: o.Color, ASCII: o.ASCII, Verbose: o.Verbose}
	}},
	{Name: "json", New: func(Options) Writer { return JSON{} }},
	{Name: "markdown", New: func(o Options) Writer { return Markdown{Paths: o.Paths} }},
}}

// Names lists the formats that New knows, in the order in which they are listed
// to people. The slice is the caller's.
func Names() []string { return table.Names() }

// New returns the writer of a format. The error is about a name that is not
// among Names.
func New(name string, o Options) (Writer, error) { return table.New(name, o) }
