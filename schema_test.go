package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/ui/report"
)

// TestReportsFollowTheSchema validates the JSON reports of analyses: of the
// samples, and of an image in each shape and each compression in which programs
// save one. An analysis that fails, fails the test.
func TestReportsFollowTheSchema(t *testing.T) {
	schema := reportSchema(t)
	references := savedImages(t)
	for _, name := range demo.Names() {
		references = append(references, "demo:"+name)
	}
	for _, reference := range references {
		r, err := analyze.Image(t.Context(), reference, analyze.Options{})
		if err != nil {
			t.Errorf("analysing %s: %v", reference, err)
			continue
		}
		var out bytes.Buffer
		files := r.Image.Files < 10_000 // more take seconds to validate, and say the same
		if err := (report.JSON{Files: files}).Write(&out, r); err != nil {
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

// reportSchema compiles the schema that docs/json.md promises.
func reportSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
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
	return schema
}

// savedImages writes one image in every shape and compression, and returns the
// names of the files and directories.
func savedImages(t *testing.T) []string {
	t.Helper()
	image := func(c imagetest.Compression) imagetest.Image {
		return imagetest.Image{Tag: "shop/api:2.4", Layers: []imagetest.Layer{
			{Compression: c, CreatedBy: "RUN make # buildkit", Files: []imagetest.File{
				imagetest.Dir("out"), imagetest.Text("out/report", "42"), imagetest.Fill("out/core", 5000), imagetest.HardLink("out/also", "out/report"),
			}},
			{Compression: c, CreatedBy: "RUN rm out/core # buildkit", Files: []imagetest.File{imagetest.Whiteout("out/core"), imagetest.Symlink("out/latest", "report")}},
			{Empty: true, CreatedBy: `CMD ["/out/report"]`},
		}}
	}
	plain := image(imagetest.Gzip)
	archives := map[string]imagetest.Archive{
		"containerd": plain.Containerd(), "docker25": plain.Docker25(), "kaniko": plain.Kaniko(), "legacy": plain.Legacy(), "podman": plain.Podman(),
	}
	for _, c := range imagetest.Compressions() {
		archives[fmt.Sprint("oci-", c)] = image(c).OCI()
	}
	dir := t.TempDir()
	var names []string
	for shape, archive := range archives {
		name := filepath.Join(dir, shape+".tar")
		if err := os.WriteFile(name, archive.Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	name := filepath.Join(dir, "directory")
	if err := plain.Directory().WriteDir(name); err != nil {
		t.Fatal(err)
	}
	return append(names, name)
}
