// Package releases writes model.Releases: what each image of a row makes those pull who have
// the one before, and which lines of the Dockerfile are the reason. It writes text for a
// person, JSON for a program (docs/releases.schema.json), and Markdown.
//
//	w, err := releases.New("text", releases.Options{Width: 120})
//	err = w.Write(os.Stdout, table)
//
// A writer keeps no state between calls and does not change the row, so it may be used by
// several goroutines at once. Names from images are escaped as in package report.
package releases

import (
	"fmt"
	"io"

	"github.com/tare-oci/tare/model"
)

// Writer writes a row of releases in one format. The error is that of the underlying writer.
type Writer interface {
	Write(w io.Writer, r *model.Releases) error
}

// Options are what a caller may ask of a text.
type Options struct {
	Width   int  // columns; 0 means 80
	Color   bool // colours by escape sequences
	ASCII   bool // nothing but ASCII
	Verbose bool // every line
}

// formats are all of them, in the order in which they are listed.
var formats = []struct {
	name string // as -o takes it
	new  func(Options) Writer
}{
	{"text", func(o Options) Writer { return Text(o) }},
	{"json", func(Options) Writer { return JSON{} }},
	{"markdown", func(Options) Writer { return Markdown{} }},
}

// Names lists the formats that New knows, in the order in which they are listed to people.
// The slice is the caller's.
func Names() []string {
	names := make([]string, len(formats))
	for i := range formats {
		names[i] = formats[i].name
	}
	return names
}

// New returns the writer of a format. The error is about a name that is not among Names.
func New(name string, o Options) (Writer, error) {
	for i := range formats {
		if formats[i].name == name {
			return formats[i].new(o), nil
		}
	}
	return nil, fmt.Errorf("there is no format %q for releases", name)
}
