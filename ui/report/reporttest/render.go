package reporttest

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/model"
)

// Writer is what every format is.
type Writer interface {
	Write(w io.Writer, r *model.Report) error
}

// Render returns what a format writes of a report.
func Render(t *testing.T, w Writer, r *model.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := w.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Failing is a place where nothing can be written. The error is io.ErrClosedPipe.
type Failing struct{}

// Write implements io.Writer.
func (Failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Validate holds a JSON text to a schema.
func Validate(s *jsonschema.Schema, text string) error {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}
