package docs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/ui/report"
)

// TestReportsFollowTheSchema validates the reports on the samples, one of them
// with its files, and on an image of each odd kind of entry.
func TestReportsFollowTheSchema(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("report.schema.json")
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
	known, err := store.Open(cache, store.DefaultSize)
	if err != nil {
		t.Fatal(err)
	}
	defer known.Close()
	references := append(savedImages(t), "demo:multi-stage", oddImage(t))
	var names []string
	for _, name := range demo.Names()[:imagetest.Rounds(3, 3, len(demo.Names()))] {
		names = append(names, "demo:"+name)
	}
	references = append(references, names...)
	for _, reference := range references {
		r, err := analyze.Image(t.Context(), reference, analyze.Options{Store: known})
		if err != nil {
			t.Errorf("%s: %v", reference, err)
			continue
		}
		var out bytes.Buffer
		if err := (report.JSON{Files: !slices.Contains(names, reference)}).Write(&out, r); err != nil {
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

// oddImage is an archive of an image with entries of every kind, names that are
// not UTF-8, a layer that compresses and one that does not.
func oddImage(t *testing.T) string {
	t.Helper()
	img := imagetest.Image{Platform: "linux/arm64/v8", Layers: []imagetest.Layer{
		{CreatedBy: "COPY \xff /a # buildkit", Compression: imagetest.None, Files: []imagetest.File{
			imagetest.Dir("d"), imagetest.Fill("d/\xff\x1b[2J", 100), imagetest.Fill("copied", 5000), imagetest.Symlink("link", "d"), imagetest.HardLink("hard", "copied"),
		}},
		{CreatedBy: "RUN /bin/sh -c rm -r d # buildkit", Files: []imagetest.File{imagetest.Opaque("d"), imagetest.Same("again", "x", 5000), imagetest.Whiteout("copied")}},
		{CreatedBy: "RUN /bin/sh -c touch same # buildkit", Compression: imagetest.Zstd, Files: []imagetest.File{imagetest.Same("same", "x", 5000)}},
	}}
	file := filepath.Join(t.TempDir(), "odd.tar")
	if err := os.WriteFile(file, img.OCI().Tar(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
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
