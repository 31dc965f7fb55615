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
	"fmt"
	"io"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
)

// Writer writes a comparison in one format. The error is that of the underlying
// writer.
type Writer interface {
	Write(w io.Writer, c *model.Comparison) error
}

// Options are what a caller may ask of a comparison. A format heeds those that
// mean something to it.
type Options struct {
	Paths view.Paths // of Markdown: how the Dockerfile is named

	Width   int  // of text: columns; 0 means 80
	Color   bool // of text: colours by escape sequences
	ASCII   bool // of text: nothing but ASCII
	Verbose bool // of text: every change
}

// formats are all of them, in the order in which they are listed.
var formats = []struct {
	name string // as -o takes it
	new  func(Options) Writer
}{
	{"text", func(o Options) Writer {
		return Text{Width: o.Width, Color: o.Color, ASCII: o.ASCII, Verbose: o.Verbose}
	}},
	{"json", func(Options) Writer { return JSON{} }},
	{"markdown", func(o Options) Writer { return Markdown{Paths: o.Paths} }},
}

// Names lists the formats that New knows, in the order in which they are listed
// to people. The slice is the caller's.
func Names() []string {
	names := make([]string, len(formats))
	for i := range formats {
		names[i] = formats[i].name
	}
	return names
}

// New returns the writer of a format. The error is about a name that is not
// among Names.
func New(name string, o Options) (Writer, error) {
	for i := range formats {
		if formats[i].name == name {
			return formats[i].new(o), nil
		}
	}
	return nil, fmt.Errorf("there is no format %q for a comparison", name)
}
