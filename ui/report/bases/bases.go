// Package bases writes model.Bases: an image in a registry, and what its other variants in the
// same repository weigh. It writes text for a person and JSON for a program
// (docs/bases.schema.json).
//
//	w, err := bases.New("text", bases.Options{Width: 120})
//	err = w.Write(os.Stdout, table)
//
// A writer keeps no state between calls and does not change the table, so it may be used by
// several goroutines at once. Names are escaped as in package report.
package bases

import (
	"io"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/formats"
	"github.com/tare-oci/tare/ui/report/jsontext"
)

// Writer writes the table in one format. The error is that of the underlying writer.
type Writer = formats.Writer[*model.Bases]

// Options are what a caller may ask of a text; the other formats take no notice.
type Options = formats.Text

// table has all formats, in the order in which they are listed.
var table = formats.Table[Options, *model.Bases]{Of: " for bases", Formats: []formats.Format[Options, *model.Bases]{
	{Name: "text", New: func(o Options) Writer { return Text(o) }},
	{Name: "json", New: func(Options) Writer { return JSON{} }},
}}

// Names lists the formats that New knows, in the order in which they are listed to people.
// The slice is the caller's.
func Names() []string { return table.Names() }

// New returns the writer of a format. The error is about a name that is not among Names.
func New(name string, o Options) (Writer, error) { return table.New(name, o) }

// JSON writes the table for a program, as docs/bases.schema.json describes it.
type JSON struct{}

// Write implements Writer.
func (JSON) Write(w io.Writer, b *model.Bases) error {
	o := jsontext.OpenObject(w)
	o.Field("schemaVersion", b.SchemaVersion)
	o.Field("tool", b.Tool)
	o.Field("notes", jsontext.NotNil(b.Notes))
	o.Field("repository", b.Repository)
	o.Field("inUse", b.InUse)
	jsontext.List(o, "variants", b.Variants, func(v model.Variant) model.Variant { return v })
	o.Field("more", b.More)
	return o.Close()
}
