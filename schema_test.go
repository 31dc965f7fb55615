package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/ui/report"
)

// TestReportsFollowTheSchema validates what tare says of real analyses: the
// samples, and the images that others made where they are at hand.
func TestReportsFollowTheSchema(t *testing.T) {
	text, err := os.ReadFile("docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	references, _ := filepath.Glob("../shared/fixtures/*/*image.tar")
	references = append(references, "demo:multi-stage")
	for _, name := range demo.Names() {
		references = append(references, "demo:"+name)
	}
	for _, reference := range references {
		r, err := analyze.Image(t.Context(), reference, analyze.Options{})
		if err != nil {
			continue // a root filesystem that is no image
		}
		var out bytes.Buffer
		if err := (report.JSON{Files: reference == "demo:multi-stage"}).Write(&out, r); err != nil {
			t.Fatal(err)
		}
		got, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(got); err != nil {
			t.Errorf("%s: %v", reference, err)
		}
	}
}
