package report

import (
	"io"

	"github.com/tare-oci/tare/model"
)

// ComparisonWriter writes a comparison in one format, as a Writer does a report.
type ComparisonWriter interface {
	Write(w io.Writer, c *model.Comparison) error
}

var (
	_ ComparisonWriter = ComparisonText{}
	_ ComparisonWriter = ComparisonJSON{}
)
