package fix_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

const toolchainDockerfile = `FROM debian:12-slim
RUN curl https://go.dev/go.tgz | tar -xzC /usr/local
COPY . /src
RUN cd /src && go build -o /usr/local/bin/app . && cp data.bin /tmp/data.bin
CMD ["app"]
`

const toolchain, program, leftoverSize = 300_000, 40_000, 90_000

// toolchainImage is an image that carries the toolchain it was built with, and a file in
// /tmp. It returns the reference, the report and what the rules knew.
func toolchainImage(t *testing.T, dockerfile string) (reference string, r *model.Report, build *analyze.Build) {
	t.Helper()
	img := imagetest.Image{Config: v1.Config{Cmd: []string{"app"}}, Layers: []imagetest.Layer{
		{CreatedBy: "/bin/sh -c #(nop) ADD file:5ca1ab1e in / ", Files: []imagetest.File{imagetest.Fill("bin/sh", 20_000), imagetest.Dir("usr/local/bin")}},
		{CreatedBy: "RUN /bin/sh -c curl https://go.dev/go.tgz | tar -xzC /usr/local # buildkit", Files: []imagetest.File{imagetest.Fill("usr/local/go/bin/go", toolchain)}},
		{CreatedBy: "COPY . /src # buildkit", Files: []imagetest.File{imagetest.Text("src/main.go", "package main")}},
		{CreatedBy: "RUN /bin/sh -c cd /src && go build -o /usr/local/bin/app . && cp data.bin /tmp/data.bin # buildkit", Files: []imagetest.File{imagetest.Fill("usr/local/bin/app", program), imagetest.Fill("tmp/data.bin", leftoverSize)}},
		{CreatedBy: `CMD ["app"]`, Empty: true},
	}}
	dir := t.TempDir()
	file := filepath.Join(dir, "Dockerfile")
	reference = "oci-archive:" + filepath.Join(dir, "image.tar")
	for name, body := range map[string][]byte{file: []byte(dockerfile), strings.TrimPrefix(reference, "oci-archive:"): img.OCI().Tar()} {
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	result, err := analyze.Analyze(t.Context(), reference, analyze.Options{Dockerfile: file, Base: "1", NeedBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	return reference, result.Report, result.Build
}

// TestBuildStage holds that a build stage is made where it is asked for, told of where it
// is not, and that it and another edit save each byte once.
func TestBuildStage(t *testing.T) {
	reference, r, build := toolchainImage(t, toolchainDockerfile)
	result, err := fix.Plan(r, []byte(toolchainDockerfile), fix.Options{Stage: fix.AnyStage, Build: build})
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, a := range result.Applied {
		rules = append(rules, a.Rule)
	}
	// The file in /tmp is not copied: nothing removes it in the build stage.
	if want := []string{"build-tools"}; !slices.Equal(rules, want) {
		t.Errorf("it applies %q, want %q; left: %+v", rules, want, result.Left)
	}
	if want := int64(toolchain + leftoverSize + len("package main")); result.SavedBytes != want || result.Size != r.Image.Size-want {
		t.Errorf("it saves %d bytes and leaves %d of %d, want %d saved", result.SavedBytes, result.Size, r.Image.Size, want)
	}
	if !strings.Contains(string(result.New), "\nCOPY --from=build /usr/local/bin /usr/local/bin\n") {
		t.Errorf("nothing copies the program:\n%s", result.New)
	}
	// The noise in the files does not compress, so that layers weigh what files do.
	image, err := source.Open(t.Context(), reference, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	pull, err := fix.Measure(t.Context(), image, r, result)
	if rest := int64(20_000 + program); err != nil || pull < rest || pull > rest+4096 {
		t.Errorf("measured %d (%v), want little more than %d", pull, err, rest)
	}

	result, err = fix.Plan(r, []byte(toolchainDockerfile), fix.Options{Build: build})
	if err != nil {
		t.Fatal(err)
	}
	if why := toolsLeft(result); !strings.HasSuffix(why, " tare fix --strategy multi-stage writes that stage.") {
		t.Errorf("by default it says %q of the toolchain", why)
	}
	if result.SavedBytes != leftoverSize {
		t.Errorf("by default it saves %d bytes, want %d", result.SavedBytes, leftoverSize)
	}
}

// TestMountsTellOfTheStage: with mounts of caches no stage is made, and what one would save is said.
func TestMountsTellOfTheStage(t *testing.T) {
	_, r, build := toolchainImage(t, toolchainDockerfile)
	staged, err := fix.Plan(r, []byte(toolchainDockerfile), fix.Options{Stage: fix.AnyStage, Build: build})
	if err != nil {
		t.Fatal(err)
	}
	mounted, err := fix.Plan(r, []byte(toolchainDockerfile), fix.Options{CacheMount: true, Build: build})
	if err != nil {
		t.Fatal(err)
	}
	if o := mounted.Offer; mounted.HasStage() || o == nil || !o.Instead || o.Bytes != staged.SavedBytes-mounted.SavedBytes {
		t.Errorf("with mounts it saves %d bytes and offers %+v; a stage saves %d", mounted.SavedBytes, o, staged.SavedBytes)
	}
}

// TestBuildStageRefused holds what is said where no build stage can be made.
func TestBuildStageRefused(t *testing.T) {
	dockerfile := strings.Replace(toolchainDockerfile, "FROM ", "FROM \\\n  ", 1)
	_, r, build := toolchainImage(t, dockerfile)
	for _, test := range []struct {
		stage fix.Stage
		want  string
	}{
		{fix.AnyStage, "tare proposes no build stage: the FROM in line 1 spans several lines. "},
		{fix.SureStage, " tare cannot work such a stage out here: the FROM in line 1 spans several lines."},
	} {
		result, err := fix.Plan(r, []byte(dockerfile), fix.Options{Stage: test.stage, Build: build})
		if err != nil {
			t.Fatal(err)
		}
		if why := toolsLeft(result); !strings.Contains(why, test.want) {
			t.Errorf("stage %v: it says %q, want %q in it", test.stage, why, test.want)
		}
	}
}

// toolsLeft is why a finding of build tools was left alone, "" where it was not.
func toolsLeft(result *fix.Result) string {
	for _, l := range result.Left {
		if l.Rule == "build-tools" {
			return l.Why
		}
	}
	return ""
}
