package analyze_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

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

// everyStep is a Dockerfile with every kind of step, of two stages.
const everyStep = `# a small image with every kind of step
ARG BASE=registry.example/tiny:1

FROM ${BASE} AS build
ARG TOKEN=not-a-secret
RUN mkdir /out && \
    make tool

FROM ${BASE}
ENV MODE=production
RUN mkdir -p /var/lib/apt/lists && \
    touch /var/lib/apt/lists/index
COPY --from=build /out/tool /usr/local/bin/tool
RUN chmod 755 /usr/local/bin/tool
COPY app/ \
     /app/
RUN <<EOF
echo one > /app/one
rm -rf /var/lib/apt/lists
EOF
WORKDIR /app
USER 1000
ENTRYPOINT tool
`

// everyStepBuilt is what BuildKit makes of everyStep, its layers stored in one
// way, and what it attests of the build.
func everyStepBuilt(how imagetest.Compression) (imagetest.Image, imagetest.Provenance) {
	layer := func(createdBy string, files ...imagetest.File) imagetest.Layer {
		return imagetest.Layer{CreatedBy: createdBy, Comment: "buildkit.dockerfile.v0", Compression: how, Files: files}
	}
	setting := func(createdBy string) imagetest.Layer {
		return imagetest.Layer{CreatedBy: createdBy, Comment: "buildkit.dockerfile.v0", Empty: true}
	}
	img := imagetest.Image{Layers: []imagetest.Layer{
		{Comment: "Imported from -", Compression: how, Files: []imagetest.File{imagetest.Fill("bin/sh", 1000)}},
		setting("ENV MODE=production"),
		layer("RUN /bin/sh -c mkdir -p /var/lib/apt/lists &&     touch /var/lib/apt/lists/index # buildkit", imagetest.Text("var/lib/apt/lists/index", "")),
		layer("COPY /out/tool /usr/local/bin/tool # buildkit", imagetest.Fill("usr/local/bin/tool", 300)),
		layer("RUN /bin/sh -c chmod 755 /usr/local/bin/tool # buildkit", imagetest.Fill("usr/local/bin/tool", 300).Chmod(0o755)),
		layer("COPY app/ /app/ # buildkit", imagetest.Text("app/main", "main")),
		layer("RUN /bin/sh -c echo one > /app/one\nrm -rf /var/lib/apt/lists\n # buildkit", imagetest.Text("app/one", "one\n"), imagetest.Whiteout("var/lib/apt/lists")),
		layer("WORKDIR /app", imagetest.Dir("app")),
		setting("USER 1000"),
		setting(`ENTRYPOINT ["/bin/sh" "-c" "tool"]`),
	}}
	p := imagetest.Provenance{
		Dockerfile: everyStep,
		// step0 is the base of both stages, step2 the other stage, step5 the context.
		Lines: map[string][]int{
			"step0": {9, 4}, "step1": {11, 12}, "step2": {6, 7}, "step3": {13}, "step4": {14}, "step5": {}, "step6": {15, 16}, "step7": {17, 18, 19, 20}, "step8": {21},
		},
		Layers:  map[string][][]string{},
		Sources: map[string]string{"step0": "docker-image://registry.example/tiny:1@" + baseDigest, "step5": "local://context"},
		Images: []imagetest.Object{{
			"uri": "pkg:docker/registry.example/tiny@1?platform=linux%2Famd64", "digest": imagetest.Object{"sha256": strings.TrimPrefix(baseDigest, "sha256:")},
		}},
	}
	var chain []string
	steps := []string{"step0", "step1", "step3", "step4", "step6", "step7", "step8"}
	for _, l := range img.Layers {
		if l.Empty {
			continue
		}
		chain = append(chain, imagetest.Digest(l.Stored()).String())
		p.Layers[steps[len(chain)-1]+":0"] = [][]string{slices.Clone(chain)}
	}
	return img, p
}

const baseDigest = "sha256:ef0950c383428fa9e45f10b47c6d2e9480cac6bf647d96be2cd8ec69b405368e"

// TestLinesOfEveryStep finds every layer's lines: by digest where the image
// carries provenance, in order where only the Dockerfile is at hand.
func TestLinesOfEveryStep(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "Dockerfile")
	if err := os.WriteFile(file, []byte(everyStep), 0o600); err != nil {
		t.Fatal(err)
	}
	attested := func(version string) imagetest.Archive {
		img, p := everyStepBuilt(imagetest.Gzip)
		return imagetest.Index{Images: []imagetest.Image{img}, Attestations: true, Statement: p.Statements()[version], Nested: true}.OCI()
	}
	zstd, _ := everyStepBuilt(imagetest.Zstd)
	estargz, _ := everyStepBuilt(imagetest.EStargz)
	for name, c := range map[string]struct {
		archive imagetest.Archive
		how     string
	}{
		"provenance v0.2": {attested("v0.2"), "provenance"}, "provenance v1": {attested("v1"), "provenance"},
		"zstd": {zstd.OCI(), "dockerfile"}, "eStargz": {estargz.OCI(), "dockerfile"},
	} {
		t.Run(name, func(t *testing.T) {
			opt := analyze.Options{}
			if c.how == "dockerfile" {
				opt.Dockerfile = file
			}
			archive := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".tar")
			if err := os.WriteFile(archive, c.archive.Tar(), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := analyze.Image(t.Context(), archive, opt)
			if err != nil {
				t.Fatal(err)
			}
			checkInvariants(t, r)
			var want []string
			for _, at := range []string{"9-9 ", "11-12 RUN", "13-13 COPY", "14-14 RUN", "15-16 COPY", "17-20 RUN", "21-21 WORKDIR"} {
				want = append(want, "Dockerfile:"+at+" "+c.how)
			}
			if diff := cmp.Diff(want, layerLines(r)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			lines := strings.Split(everyStep, "\n")
			for _, i := range r.Instructions[1:] {
				if i.Location == nil || i.Text != strings.Join(lines[i.Location.Line-1:i.Location.EndLine], "\n") {
					t.Errorf("%q at %v", i.Text, i.Location)
				}
			}
			base := model.Base{Layers: 1, How: model.BaseByHistory}
			if c.how == "provenance" {
				base = model.Base{Reference: model.Ptr("registry.example/tiny:1"), Layers: 1, How: model.BaseByProvenance, Digest: model.Ptr(baseDigest)}
			}
			if diff := cmp.Diff(base, r.Image.Base); diff != "" {
				t.Errorf("base -want +got:\n%s", diff)
			}
			if said := strings.Contains(strings.Join(r.Notes, "\n"), "by their order"); said != (c.how == "dockerfile") {
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
		{"good", archive, good, []string{"Dockerfile:2-2 COPY dockerfile", "Dockerfile:3-4 RUN dockerfile"}, "", "has no provenance"},
		{"none", archive, "", []string{"-", "-"}, "", ""},
		{"another", archive, write("other", []byte("FROM scratch\nCOPY a /\nRUN make c\n")), nil, `other:3: "RUN make c" does not match the image, which has "RUN make b" there`, ""},
		{"a secret", archive, write("secret", []byte("FROM scratch\nCOPY a /\nRUN curl -u a:SEKRET1 http://x\n")), nil, `secret:3: "RUN curl -u a:*** http://x" does not match the image`, ""},
		{"missing", archive, filepath.Join(dir, "nowhere"), nil, "nowhere: ", ""},
		{"a directory", archive, dir, nil, "--dockerfile " + dir, ""},
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
