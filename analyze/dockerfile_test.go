package analyze_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// provenance is a directory of images that BuildKit built of the Dockerfile there.
const provenance = "../../shared/fixtures/provenance"

// layerLines says for each layer which lines made it and how that is known.
func layerLines(r *model.Report) []string {
	var got []string
	for _, l := range r.Layers {
		line := "-"
		if l.Instruction != nil {
			if i := r.Instructions[*l.Instruction]; i.Location != nil {
				line = fmt.Sprintf("%s:%d-%d %s %s", filepath.Base(i.Location.File), i.Location.Line, i.Location.EndLine, i.Keyword, i.How)
			}
		}
		got = append(got, line)
	}
	return got
}

// TestProvenanceFixtures finds every layer's lines: by digest where the image
// carries provenance, in order where only the Dockerfile is at hand.
func TestProvenanceFixtures(t *testing.T) {
	file := filepath.Join(provenance, "Dockerfile")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Skip("../shared/fixtures is not here")
	}
	for archive, how := range map[string]string{"provenance-v0.2": "provenance", "provenance-v1": "provenance", "layers-zstd": "dockerfile", "layers-estargz": "dockerfile"} {
		t.Run(archive, func(t *testing.T) {
			opt := analyze.Options{}
			if how == "dockerfile" {
				opt.Dockerfile = file
			}
			r, err := analyze.Image(t.Context(), filepath.Join(provenance, archive+".tar"), opt)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, at := range []string{"9-9 ", "11-12 RUN", "13-13 COPY", "14-14 RUN", "15-16 COPY", "17-20 RUN", "21-21 WORKDIR"} {
				want = append(want, "Dockerfile:"+at+" "+how)
			}
			if diff := cmp.Diff(want, layerLines(r)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			lines := strings.Split(string(text), "\n")
			for _, i := range r.Instructions[1:] {
				if i.Location == nil || i.Text != strings.Join(lines[i.Location.Line-1:i.Location.EndLine], "\n") {
					t.Errorf("%q at %v", i.Text, i.Location)
				}
			}
			base := model.Base{Layers: 1, How: model.BaseByHistory}
			if how == "provenance" {
				base = model.Base{
					Reference: model.Ptr("127.0.0.1:5055/tiny:1"), Layers: 1, How: model.BaseByProvenance,
					Digest: model.Ptr("sha256:ef0950c383428fa9e45f10b47c6d2e9480cac6bf647d96be2cd8ec69b405368e"),
				}
			}
			if diff := cmp.Diff(base, r.Image.Base); diff != "" {
				t.Errorf("base -want +got:\n%s", diff)
			}
			if said := strings.Contains(strings.Join(r.Notes, "\n"), "by their order"); said != (how == "dockerfile") {
				t.Errorf("notes: %q", r.Notes)
			}
		})
	}
}

// TestDockerfile goes from the option to the error or the lines.
func TestDockerfile(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	img := imagetest.Image{Layers: []imagetest.Layer{
		{Files: []imagetest.File{imagetest.Text("a", "a")}, CreatedBy: "COPY a / # buildkit"},
		{Files: []imagetest.File{imagetest.Text("b", "b")}, CreatedBy: "RUN /bin/sh -c make b # buildkit"},
	}}
	broken := imagetest.Index{Images: []imagetest.Image{img}, Attestations: true, Statement: []byte(`{"predicateType":"https://slsa.dev/provenance/v1","predicate":7}`)}
	archive, attested := write("image.tar", img.OCI().Tar()), write("attested.tar", broken.OCI().Tar())
	good := write("Dockerfile", []byte("FROM scratch\nCOPY a /\nRUN make \\\n  b\n"))
	tests := []struct {
		name, image, file string
		lines             []string
		err, note         string
	}{
		{"good", archive, good, []string{"Dockerfile:2-2 COPY dockerfile", "Dockerfile:3-4 RUN dockerfile"}, "", "carries no provenance"},
		{"none", archive, "", []string{"-", "-"}, "", ""},
		{"another", archive, write("other", []byte("FROM scratch\nCOPY a /\nRUN make c\n")), nil, `other:3: "RUN make c" does not match the image, which has "RUN make b" there`, ""},
		{"a secret", archive, write("secret", []byte("FROM scratch\nCOPY a /\nRUN curl -u a:SEKRET1 http://x\n")), nil, `secret:3: "RUN curl -u a:*** http://x" does not match the image`, ""},
		{"missing", archive, filepath.Join(dir, "nowhere"), nil, "nowhere: ", ""},
		{"a folder", archive, dir, nil, "--dockerfile " + dir, ""},
		{"an image", archive, archive, nil, "image.tar is not text", ""},
		{"broken provenance", attested, "", []string{"-", "-"}, "", "provenance is not used"},
		{"broken provenance, good file", attested, good, []string{"Dockerfile:2-2 COPY dockerfile", "Dockerfile:3-4 RUN dockerfile"}, "", "provenance is not used"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := analyze.Image(t.Context(), tt.image, analyze.Options{Dockerfile: tt.file})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.lines, layerLines(r)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if all := strings.Join(r.Notes, "\n"); !strings.Contains(all, tt.note) || tt.note == "" && all != "" {
				t.Errorf("notes %q, want %q", all, tt.note)
			}
		})
	}
}
