package changes_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// staged is a Dockerfile that leaves the toolchain in the image that it builds a program with.
const staged = `FROM debian:12-slim
RUN curl https://go.dev/go.tgz | tar -xzC /usr/local
COPY . /src
RUN cd /src && go build -o /usr/local/bin/app .
COPY data /data
RUN cp /data/a /opt/b
RUN rm /opt/b
CMD ["app"]
`

// analyzeStaged analyses what that Dockerfile builds, with a toolchain of some bytes.
func analyzeStaged(t *testing.T, toolchain int64) *model.Report {
	t.Helper()
	img := imagetest.Image{Config: v1.Config{Cmd: []string{"app"}}, Layers: []imagetest.Layer{
		{CreatedBy: "/bin/sh -c #(nop) ADD file:5ca1ab1e in / ", Files: []imagetest.File{imagetest.Fill("bin/sh", 20_000), imagetest.Dir("usr/local/bin")}},
		{CreatedBy: "RUN /bin/sh -c curl https://go.dev/go.tgz | tar -xzC /usr/local # buildkit", Files: []imagetest.File{imagetest.Fill("usr/local/go/bin/go", toolchain)}},
		{CreatedBy: "COPY . /src # buildkit", Files: []imagetest.File{imagetest.Text("src/main.go", "package main")}},
		{CreatedBy: "RUN /bin/sh -c cd /src && go build -o /usr/local/bin/app . # buildkit", Files: []imagetest.File{imagetest.Program("usr/local/bin/app", imagetest.ELF{Needed: []string{"libc.so.6"}, Size: 40_000})}},
		{CreatedBy: "COPY data /data # buildkit", Files: []imagetest.File{imagetest.Fill("data/a", 2_000_000)}},
		{CreatedBy: "RUN /bin/sh -c cp /data/a /opt/b # buildkit", Files: []imagetest.File{imagetest.Fill("opt/b", 2_500_000)}},
		{CreatedBy: "RUN /bin/sh -c rm /opt/b # buildkit", Files: []imagetest.File{imagetest.Whiteout("opt/b")}},
		{CreatedBy: `CMD ["app"]`, Empty: true},
	}}
	dir := t.TempDir()
	image, file := filepath.Join(dir, "image.tar"), filepath.Join(dir, "Dockerfile")
	for name, body := range map[string][]byte{file: []byte(staged), image: img.OCI().Tar()} {
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	result, err := analyze.Analyze(t.Context(), "oci-archive:"+image, analyze.Options{Dockerfile: file, Base: "1"})
	if err != nil {
		t.Fatal(err)
	}
	return result.Report
}

// TestStage: a build stage that is sure is a change like others, one that saves little is a
// decision. An edit behind the stage stays a change of its own.
func TestStage(t *testing.T) {
	r := analyzeStaged(t, 15_000_000)
	titles := make(map[string]*model.Change)
	for i := range r.Changes {
		titles[r.Changes[i].Title] = &r.Changes[i]
	}
	stage := titles["build in a separate stage"]
	if stage == nil || stage.Kind != model.EditChange || stage.Bytes != 15_000_000 || len(stage.Instructions) != 3 || !strings.Contains(*stage.After, "COPY --from=build /usr/local/bin /usr/local/bin") || stage.Risk == "" {
		t.Errorf("the stage is %+v", stage)
	}
	if r.Plan.Changes != 2 || len(r.Changes) != 2 {
		t.Errorf("the plan has %d changes of %d", r.Plan.Changes, len(r.Changes))
	}
	// The source that stays behind is nobody's waste, and is not in the new image either.
	if want := r.Image.Size - 15_000_000 - 2_500_000 - int64(len("package main")); r.Plan.SizeAfter != want {
		t.Errorf("the plan leaves %d bytes, want %d", r.Plan.SizeAfter, want)
	}
	if s := r.Summary; s.AvoidableBytes != 17_500_000 || s.AvoidableBytes+s.UnavoidableBytes != s.WastedBytes {
		t.Errorf("avoidable %d, unavoidable %d of %d", s.AvoidableBytes, s.UnavoidableBytes, s.WastedBytes)
	}

	r = analyzeStaged(t, 5_000_000)
	check(t, r)
	for _, c := range r.Changes {
		if c.Title == "build in a separate stage" && c.Kind != model.DecisionChange {
			t.Errorf("a stage that saves 5 MB is %+v", c)
		}
	}
}

// TestUnusedTools: a compiler that nothing is built with is left out, and no build stage is
// proposed for it in one place that another refuses.
func TestUnusedTools(t *testing.T) {
	const lists = "var/lib/dpkg/info/gcc.list"
	status := "Package: gcc\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\nVersion: 12-1\n\n"
	install := "RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*"
	img := imagetest.Image{Config: v1.Config{Cmd: []string{"/app"}}, Layers: []imagetest.Layer{
		{CreatedBy: "/bin/sh -c #(nop) ADD file:5ca1ab1e in / ", Files: []imagetest.File{imagetest.Fill("bin/sh", 20_000)}},
		{CreatedBy: "RUN /bin/sh -c " + strings.TrimPrefix(install, "RUN ") + " # buildkit", Files: []imagetest.File{
			imagetest.Fill("usr/lib/gcc/cc1", 15_000_000), imagetest.Text(lists, "/.\n/usr\n/usr/lib\n/usr/lib/gcc\n/usr/lib/gcc/cc1\n"), imagetest.Text("var/lib/dpkg/status", status),
		}},
		{CreatedBy: "COPY app /app # buildkit", Files: []imagetest.File{imagetest.Fill("app", 2_000_000)}},
		{CreatedBy: `CMD ["/app"]`, Empty: true},
	}}
	dir := t.TempDir()
	image, file := filepath.Join(dir, "image.tar"), filepath.Join(dir, "Dockerfile")
	for name, body := range map[string][]byte{file: []byte("FROM debian:12-slim\n" + install + "\nCOPY app /app\nCMD [\"/app\"]\n"), image: img.OCI().Tar()} {
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	result, err := analyze.Analyze(t.Context(), "oci-archive:"+image, analyze.Options{Dockerfile: file, Base: "1"})
	if err != nil {
		t.Fatal(err)
	}
	r := result.Report
	check(t, r)
	const leave = "Leave the tools out of the install: no later RUN seems to use them."
	at := slices.IndexFunc(r.Changes, func(c model.Change) bool { return c.Title == "leave out the tools that build nothing" })
	if at < 0 || r.Changes[at].Summary != leave || r.Changes[at].Bytes < 15_000_000 {
		t.Fatalf("the changes are %+v", r.Changes)
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Rule == "build-tools" && (f.Fix == nil || f.Fix.Summary != leave) {
			t.Errorf("the fix is %+v", f.Fix)
		}
	}
}
