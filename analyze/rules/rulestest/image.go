package rulestest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/workloads"
	"github.com/tare-oci/tare/model"
)

// Image is a small image, or rather what of it matters to one rule.
type Image struct {
	Steps  []Step
	Config v1.Config
	Pod    string // the spec of a pod whose container runs it, as YAML in one line; "" for none
}

// Step is an instruction, as BuildKit notes it, with the files that it brings.
type Step struct {
	By    string
	Files []imagetest.File
}

// Parse reads an image as rules.Fixture describes it.
func Parse(t *testing.T, text string) Image {
	t.Helper()
	var img Image
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch file, isFile := strings.CutPrefix(line, "+ "); {
		case line == "":
		case isFile && len(img.Steps) > 0:
			img.Steps[len(img.Steps)-1].add(t, file)
		case strings.HasPrefix(line, "config "):
			if err := json.Unmarshal([]byte(line[len("config "):]), &img.Config); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		case strings.HasPrefix(line, "pod "):
			img.Pod = line[len("pod "):]
		default:
			img.Steps = append(img.Steps, Step{By: line})
		}
	}
	return img
}

// Does is a step with files, each as behind the + of a fixture.
func Does(t *testing.T, by string, files ...string) Step {
	t.Helper()
	s := Step{By: by}
	for _, file := range files {
		s.add(t, file)
	}
	return s
}

// Runs is an image of one RUN, with files, that runs a command.
func Runs(t *testing.T, cmd []string, files ...string) Image {
	t.Helper()
	return Image{Steps: []Step{Does(t, "RUN make", files...)}, Config: v1.Config{Cmd: cmd}}
}

func (s *Step) add(t *testing.T, file string) {
	t.Helper()
	link, target, symbolic := strings.Cut(file, " -> ")
	name, original, hard := strings.Cut(file, " => ")
	textFile, text, isText := strings.Cut(file, " text ")
	modeFile, mode, hasMode := strings.Cut(file, " mode ")
	switch {
	case hasMode:
		bits, err := strconv.ParseInt(mode, 8, 64)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		f := imagetest.File{Path: modeFile}
		if !strings.HasSuffix(modeFile, "/") {
			f = imagetest.Same(modeFile, s.By+file, 1<<10)
		}
		s.Files = append(s.Files, f.Chmod(bits))
	case isText:
		s.Files = append(s.Files, imagetest.Text(textFile, strings.ReplaceAll(text, "|", "\n")))
	case strings.HasPrefix(file, "dpkg "):
		s.addDpkg(strings.Fields(file))
	case strings.Contains(file, " elf"):
		words := strings.Fields(file)
		e := imagetest.ELF{Needed: words[min(3, len(words)):]}
		if len(words) > 2 {
			if name, ok := strings.CutPrefix(words[2], "soname="); ok {
				e.Soname = name
			} else {
				e.Interpreter = words[2]
			}
		}
		s.Files = append(s.Files, imagetest.Program(words[0], e))
	case strings.HasPrefix(file, "rpm "):
		s.addRPM(t, strings.TrimPrefix(file, "rpm "))
	case symbolic:
		s.Files = append(s.Files, imagetest.Symlink(link, target))
	case hard:
		s.Files = append(s.Files, imagetest.HardLink(name, original))
	case strings.Contains(file, " {"):
		path, text, _ := strings.Cut(file, " {")
		s.Files = append(s.Files, imagetest.Text(path, "{"+text))
	case strings.HasPrefix(file, "!"):
		s.Files = append(s.Files, imagetest.Whiteout(file[1:]))
	case strings.HasSuffix(file, "="):
		s.Files = append(s.Files, imagetest.Same(strings.TrimSuffix(file, "="), "twin", 8<<10))
	default:
		s.Files = append(s.Files, imagetest.Same(file, s.By+file, 1<<10))
	}
}

func (img Image) build() imagetest.Image {
	built := imagetest.Image{Config: img.Config}
	for _, s := range img.Steps {
		keyword, rest, _ := strings.Cut(s.By, " ")
		by := s.By + " # buildkit"
		if keyword == "RUN" {
			by = "RUN /bin/sh -c " + rest + " # buildkit"
		}
		if !slices.Contains([]string{"RUN", "COPY", "ADD", "WORKDIR"}, keyword) {
			by = s.By
		}
		built.Layers = append(built.Layers, imagetest.Layer{Files: s.Files, CreatedBy: by, Comment: "buildkit.dockerfile.v0", Empty: len(s.Files) == 0})
	}
	return built
}

// Report is what tare says of the image.
func (img Image) Report(t *testing.T) *model.Report {
	t.Helper()
	return img.analyze(t, analyze.Options{}).Report
}

// Build is what rules may know of the image, with its tree.
func (img Image) Build(t *testing.T) *rules.Build {
	t.Helper()
	result := img.analyze(t, analyze.Options{NeedBuild: true})
	result.Build.Tree = result.Report.Tree
	return result.Build
}

func (img Image) analyze(t *testing.T, options analyze.Options) *analyze.Result {
	t.Helper()
	built := img.build()
	if img.Pod != "" {
		built.Tag = "app:latest"
	}
	// From a file it would be the same, but tare waits until one that was written just now
	// has settled.
	options.Stdin = bytes.NewReader(built.OCI().Tar())
	if img.Pod != "" {
		options.Manifests = img.manifests(t)
	}
	result, err := analyze.Analyze(t.Context(), "-", options)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// manifests is the one Deployment whose pods run the image, which is called app.
func (img Image) manifests(t *testing.T) *workloads.Set {
	t.Helper()
	text := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {spec: " + img.Pod + "}}\n"
	set, err := workloads.Read(t.Context(), strings.NewReader(text), workloads.Stdin)
	if err != nil || len(set.Problems) > 0 || len(set.Workloads) != 1 {
		t.Fatalf("%s: %v %v", text, err, set)
	}
	return set
}

// Findings are those of one rule in the image.
func (img Image) Findings(t *testing.T, rule string) (found []model.Finding) {
	t.Helper()
	for _, f := range img.Report(t).Findings {
		if f.Rule == rule {
			found = append(found, f)
		}
	}
	return found
}

// String says in one cell of a Markdown table what matters of the image.
func (img Image) String() string {
	var parts []string
	for _, s := range img.Steps {
		if len(s.Files) == 0 || s.By == "COPY app /" {
			continue
		}
		part := "`" + s.By + "`"
		for i, file := range s.Files {
			if i < 2 {
				part += " `" + file.Path + "`"
			}
		}
		parts = append(parts, part)
	}
	if len(parts) > 2 {
		parts = parts[len(parts)-2:]
	}
	if c := img.Config; len(c.Entrypoint)+len(c.Cmd) > 0 {
		parts = append(parts, fmt.Sprintf("runs `%s`", strings.Join(append(append([]string{}, c.Entrypoint...), c.Cmd...), " ")))
	}
	if img.Config.User != "" {
		parts = append(parts, "as `"+img.Config.User+"`")
	}
	if img.Pod != "" {
		parts = append(parts, "in the pod `"+img.Pod+"`")
	}
	return strings.ReplaceAll(strings.Join(parts, ", "), "|", "\\|")
}
