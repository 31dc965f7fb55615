// Package report writes a finished model.Report in the form that somebody asked
// for: text for a person, JSON for a program, a page for a browser, and what CI
// systems show beside a change (Markdown, SARIF, JUnit, annotations of GitHub,
// Code Quality of GitLab).
//
// The door is New, which returns the Writer of a format by its name; formats.go
// has the table of them. A format that is one file stands here, one that is more
// has a package of its own: text, markdown and html. Below them, view puts into
// words what all formats say, and jsontext is JSON as tare spells it. Beside them,
// load reads a report again that JSON wrote, and compare writes the comparison of
// two reports.
//
// Every writer says the same things, because all of them read the same report
// and compute nothing but layout. A writer keeps no state between calls and
// changes no report, so one may be used from several goroutines at once. Cost is
// linear in the findings, instructions and packages; only JSON with Files and the
// HTML page read the tree of files.
//
// What comes from the image is not to be trusted on a terminal. The text writer
// sends every such string through package display. The JSON writer keeps real
// names, but spells whatever a terminal would obey in JSON's own \u escapes, so
// that the data is exact and the raw output harmless. The other writers do both:
// text is escaped as for a terminal, then as the format has it.
package report

import (
	"io"

	"github.com/tare-oci/tare/model"
)

// Writer writes a report in one format. The error is that of the underlying
// writer; the report, whatever an image put into it, causes none. A Writer may
// be used from several goroutines at once.
type Writer interface {
	Write(w io.Writer, r *model.Report) error
}
