package gate_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/replay"
	"github.com/tare-oci/tare/analyze/rope"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
)

// compilers are Dockerfiles with build tools that nothing uses, that a later line uses, and that
// the base image brings.
var compilers = map[string]string{
	"used by nothing": "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*\nCMD [\"sleep\", \"1\"]\n",
	"used later": "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*\n" +
		"COPY main.c /src/main.c\nRUN gcc -o /usr/local/bin/app /src/main.c\nCMD [\"app\"]\n",
	"used in a shell": "FROM debian:12-slim\nRUN apt-get update && apt-get install -y gcc libc6-dev\nCMD [\"bash\"]\n",
	"of the base":     "FROM gcc:13\nCOPY main.c /src/main.c\nRUN gcc -o /usr/local/bin/app /src/main.c\nCMD [\"app\"]\n",
	"for pip":         "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc\nRUN pip install flask psycopg2\nCOPY . /app\nCMD [\"python\", \"/app/app.py\"]\n",
	"of apk":          "FROM alpine:3.20\nRUN apk add gcc musl-dev\nCOPY main.c /src/main.c\nRUN gcc -o /app /src/main.c\nCMD [\"/app\"]\n",
	"unpacked":        "FROM debian:12-slim\nADD go.tar.gz /usr/local/\nCOPY app /app\nCMD [\"/app\"]\n",
}

// hintFiles are Dockerfiles of every kind: the good ones with a compiler (with TARE_MANY, with
// each fault), the corpus of package fix, the samples, and compilers. TARE_DOCKERFILES names
// more, as a pattern.
func hintFiles(t *testing.T) map[string]string {
	files := make(map[string]string)
	for name, text := range goodFiles(t) {
		for _, fault := range faults {
			if os.Getenv("TARE_MANY") == "" && fault.wants != "build-tools" {
				continue
			}
			if bad := fault.plant(text); bad != "" {
				files[name+", "+fault.name] = bad
			}
		}
	}
	for name, text := range compilers {
		files["compiler "+name] = text
	}
	for _, sample := range demo.Samples() {
		files[sample.Name] = sample.Dockerfile
	}
	for _, pattern := range []string{"../corpus/testdata/*.Dockerfile", os.Getenv("TARE_DOCKERFILES")} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = string(text)
		}
	}
	return files
}

// TestFixCommandsWrite: whatever command of tare fix stands beside a change, it writes something,
// with the Dockerfile that the report was made with, and also where the report was made without one.
func TestFixCommandsWrite(t *testing.T) {
	files, part := hintFiles(t), imagetest.Rounds(12, 12, 1)
	for i, name := range slices.Sorted(maps.Keys(files)) {
		if i%part > 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := []byte(files[name])
			img, err := replay.Replay(text, replay.Options{})
			if err != nil {
				t.Skip(err)
			}
			archive, err := img.Archive()
			if err != nil {
				t.Skip(err)
			}
			whole := analyzed(t, archive, text)
			for _, told := range []*model.Report{whole.Report, analyzed(t, archive, nil).Report} {
				v := view.NewFindings(told, view.Paths{})
				for i := range told.Findings {
					f := &told.Findings[i]
					if i := slices.IndexFunc(told.Changes, func(c model.Change) bool { return slices.Contains(c.Findings, f.ID) }); i >= 0 && told.Changes[i].ID != f.ID {
						continue // the command is about the change, and that about its largest finding
					}
					command := v.Command(f)
					if v.Written(f) != strings.HasPrefix(command, "tare fix ") {
						t.Errorf("%s is what %s leads to", command, f.ID)
					}
					if v.Written(f) {
						typeFix(t, whole, text, told, f, command)
					}
				}
			}
		})
	}
}

// analyzed reads an archive, with the Dockerfile or nil.
func analyzed(t *testing.T, archive *rope.Rope, dockerfile []byte) *analyze.Result {
	t.Helper()
	in := analyze.InMemory{Name: "app", Archive: archive, Size: archive.Size(), Dockerfile: dockerfile}
	h, err := analyze.OpenInMemory(t.Context(), in, analyze.Options{NeedBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	result, err := h.Analyze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// typeFix holds a command of tare fix about a finding to what it writes.
func typeFix(t *testing.T, whole *analyze.Result, dockerfile []byte, told *model.Report, f *model.Finding, command string) {
	t.Helper()
	o := fix.Options{Stage: fix.SureStage, Floor: model.Floor(whole.Report.Summary.Own.Size), Build: whole.Build}
	if strings.HasSuffix(command, " --strategy multi-stage") {
		o.Stage = fix.AnyStage
	}
	if _, rule, found := strings.Cut(command, " --rule "); found {
		o.Rules = []string{rule}
	}
	got, err := fix.Plan(whole.Report, dockerfile, o)
	if err != nil || !got.Changed() {
		t.Errorf("%s is for %s, and writes nothing (%v)\n%s", command, f.ID, err, dockerfile)
		return
	}
	at := slices.IndexFunc(whole.Report.Findings, func(other model.Finding) bool { return other.ID == f.ID })
	if told == whole.Report && o.Rules == nil && !got.Saved[at] {
		t.Errorf("%s writes nothing about %s\n%s", command, f.ID, dockerfile)
	}
}
