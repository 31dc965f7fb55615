// Package report writes a finished model.Report in the format that somebody asked for: text for a
// person, JSON for a program, a page for a browser, and what CI systems show next to a change
// (Markdown, SARIF, JUnit, annotations of GitHub, Code Quality of GitLab).
//
//	w, err := report.New("sarif", report.Options{})
//	err = w.Write(os.Stdout, r)
//
// New returns the Writer of a format by its name; formats.go has the table. A format that fits into
// one file is here, and the larger ones have a package each: text, markdown and html. Below them,
// view has the wording that all formats share, and jsontext writes JSON as tare needs it. Package
// load reads a JSON report back, and compare writes the comparison of two reports.
//
// All writers say the same things, because they read the same report and compute nothing but
// layout. A writer keeps no state between calls and does not change the report, so it may be used
// by several goroutines at once. The cost is linear in the findings, instructions and packages;
// only JSON with Files and the HTML page read the tree of files.
//
// Nothing from the image can be trusted on a terminal. The text writer sends every such string
// through package display. The JSON writer keeps the real names, but writes whatever a terminal
// would obey with JSON's own \u escapes, so the data is exact and the raw output is harmless. The
// other writers do both: they escape text as for a terminal, and then as the format requires.
package report

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/formats"
)

// Writer writes a report in one format. The error is that of the underlying
// writer; the report, whatever an image put into it, causes none. A Writer may
// be used from several goroutines at once.
type Writer = formats.Writer[*model.Report]
