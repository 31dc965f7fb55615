// Package formats is the table of the formats that something can be written in: their names,
// as -o takes them, and what makes a writer of each.
//
//	var table = formats.Table[Options, *model.Report]{Formats: []formats.Format[Options, *model.Report]{
//		{Name: "json", New: func(o Options) formats.Writer[*model.Report] { return JSON{Files: o.Files} }},
//	}}
//	w, err := table.New("json", Options{})
//
// A table does not change once it is made, so that any number of goroutines may use it.
package formats

import (
	"fmt"
	"io"
)

// Writer writes a value in one format. The error is that of the underlying writer; the
// value causes none.
type Writer[V any] interface {
	Write(w io.Writer, value V) error
}

// Text is what a caller may ask of a text for people.
type Text struct {
	Width   int  // columns; 0 means 80
	Color   bool // colours by escape sequences
	ASCII   bool // nothing but ASCII
	Verbose bool // every line; a text without more lines takes no notice
}

// Format is one form of a value.
type Format[O, V any] struct {
	Name  string // as -o takes it
	About string // whom it is for, as the documentation says; "" where it does not list it
	New   func(O) Writer[V]
}

// Table is all formats of a value, in the order in which they are listed to people.
type Table[O, V any] struct {
	Of      string // what is written, behind "format": " for a comparison"
	Formats []Format[O, V]
}

// Names lists the formats that New knows. The slice is the caller's.
func (t Table[O, V]) Names() []string {
	names := make([]string, len(t.Formats))
	for i := range t.Formats {
		names[i] = t.Formats[i].Name
	}
	return names
}

// New returns the writer of a format. The error is about a name that is not among Names.
func (t Table[O, V]) New(name string, o O) (Writer[V], error) {
	for i := range t.Formats {
		if t.Formats[i].Name == name {
			return t.Formats[i].New(o), nil
		}
	}
	return nil, fmt.Errorf("there is no format %q%s", name, t.Of)
}
