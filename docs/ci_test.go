package docs

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/test/program"
)

// pipeline is a directory in which what docs/ci.md, action.yml and the GitLab job
// tell a pipeline to do can be done: images as archives, the program, and a
// docker that knows those images.
type pipeline struct {
	t   *testing.T
	dir string
	env []string
}

// built builds the program the first time that a test needs it.
var built = sync.OnceValues(func() (tare string, err error) {
	if builtIn, err = os.MkdirTemp("", "tare-docs"); err != nil {
		return "", err
	}
	tare = filepath.Join(builtIn, "tare")
	return tare, program.Build(tare)
})

var builtIn string // the directory, "" where nothing is built

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(builtIn)
	os.Exit(code)
}

const wasteful, frugal = "wasteful.tar", "frugal.tar"

func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("these are shell scripts")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	root, err := filepath.Abs(top)
	if err != nil {
		t.Fatal(err)
	}
	p := &pipeline{t: t, dir: t.TempDir()}
	data := imagetest.Layer{CreatedBy: "COPY app /app # buildkit", Files: []imagetest.File{imagetest.Fill("app", 50_000)}}
	rm := imagetest.Layer{CreatedBy: "RUN rm /app # buildkit", Files: []imagetest.File{imagetest.Whiteout("app"), imagetest.Fill("other", 100)}}
	p.write(wasteful, string(imagetest.Image{Layers: []imagetest.Layer{data, rm}}.Docker25().Tar()))
	p.write(frugal, string(imagetest.Image{Layers: []imagetest.Layer{data}}.Docker25().Tar()))
	p.write("bin/docker", "#!/bin/sh\ncase $1 in\nsave) cat \"$2\" ;;\nrun) while [ \"$1\" != tare:dev ]; do shift; done; shift; exec tare \"$@\" ;;\n*) exit 1 ;;\nesac\n")
	p.write("home/.keep", "")
	tare, err := built()
	if err != nil {
		t.Fatal(err)
	}
	p.write("bin/tare", "#!/bin/sh\nexec "+tare+" \"$@\"\n")
	cache, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	caches := strings.Fields(string(cache))
	p.env = []string{
		"PATH=" + filepath.Join(p.dir, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + filepath.Join(p.dir, "home"), "LANG=C.UTF-8",
		"TARE_SOURCE=" + root, "RUNNER_TEMP=" + p.dir, "GITHUB_STEP_SUMMARY=" + filepath.Join(p.dir, "summary"), "GOCACHE=" + caches[0], "GOMODCACHE=" + caches[1],
		"DOCKER_HOST=unix:///nowhere.sock", "CONTAINER_HOST=unix:///nowhere.sock",
	}
	return p
}

func (p *pipeline) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		p.t.Fatal(err)
	}
}

// run runs a script as a pipeline does and returns what it prints and its exit
// code.
func (p *pipeline) run(script string, env ...string) (out string, code int) {
	p.t.Helper()
	c := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script)
	c.Dir, c.Env = p.dir, append(append([]string{}, p.env...), env...)
	var b bytes.Buffer
	c.Stdout, c.Stderr = &b, &b
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return b.String(), exit.ExitCode()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return b.String(), 0
}

func parseYAML(t *testing.T, name, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// TestPipelinePage runs the shell of docs/ci.md and parses its YAML.
func TestPipelinePage(t *testing.T) {
	page := readPage(t, "docs/ci.md")
	for _, b := range page.blocks("yaml") {
		var any map[string]any
		parseYAML(t, "docs/ci.md", b.text, &any)
		if len(any) == 0 {
			t.Errorf("docs/ci.md:%d: an empty block", b.line)
		}
	}
	p := newPipeline(t)
	for image, want := range map[string]int{frugal: 0, wasteful: 1} {
		for _, b := range page.blocks("sh") {
			out, code := p.run(b.text, "IMAGE="+image, "MAIN_IMAGE="+frugal)
			if code != want {
				t.Errorf("docs/ci.md:%d on %s ends with %d, want %d:\n%s", b.line, image, code, want, out)
			}
		}
	}
}

// TestAction runs the step of action.yml that checks the image.
func TestAction(t *testing.T) {
	var action struct {
		Inputs map[string]struct{ Description string }
		Runs   struct {
			Steps []struct {
				Name, Run, Uses string
				Env             map[string]string
			}
		}
	}
	parseYAML(t, "action.yml", readPage(t, "action.yml").text, &action)
	steps := action.Runs.Steps
	if len(steps) != 3 || steps[1].Run == "" || steps[2].Run == "" {
		t.Fatalf("action.yml has other steps than this test knows: %+v", steps)
	}
	for name, value := range steps[2].Env {
		input, ok := strings.CutPrefix(strings.TrimSuffix(value, " }}"), "${{ inputs.")
		if _, there := action.Inputs[input]; !ok || !there {
			t.Errorf("%s is %q, which is no input", name, value)
		}
	}
	if strings.Contains(steps[2].Run, "${{") {
		t.Error("an input is put into the script: whoever names an image could run commands")
	}
	p := newPipeline(t)
	p.write("tare", "#!/bin/sh\nexec tare \"$@\"\n")
	p.write("Dockerfile", "FROM scratch\nCOPY app /app\nRUN rm /app\n")
	for image, want := range map[string]int{frugal: 0, wasteful: 1} {
		dockerfile := ""
		if image == wasteful {
			dockerfile = "Dockerfile"
		}
		out, code := p.run(steps[2].Run, "TARE_IMAGE="+image, "TARE_FILE="+dockerfile, "TARE_MORE=--min-efficiency 0.9\n--max-layers 5 ", "TARE_SARIF=out.sarif", "TARE_SUMMARY=true")
		if code != want {
			t.Errorf("%s ends with %d, want %d:\n%s", image, code, want, out)
		}
		if annotated := strings.Contains(out, "file=Dockerfile,line="); annotated != (image == wasteful) {
			t.Errorf("%s: annotated lines: %v\n%s", image, annotated, out)
		}
		for _, file := range []string{"out.sarif", "summary"} {
			if info, err := os.Stat(filepath.Join(p.dir, file)); err != nil || info.Size() == 0 {
				t.Errorf("%s: no %s (%v)", image, file, err)
			}
		}
	}
	out, code := p.run(steps[2].Run, "TARE_IMAGE=$(touch owned); touch owned", "TARE_FILE=", "TARE_MORE=--scope `touch owned`", "TARE_SARIF=", "TARE_SUMMARY=false")
	if _, err := os.Stat(filepath.Join(p.dir, "owned")); err == nil || code != 2 {
		t.Errorf("an input became a command, or was taken (%d):\n%s", code, out)
	}
}

// TestGitLabJob runs the script of the job to include.
func TestGitLabJob(t *testing.T) {
	var file struct {
		Tare struct {
			Script    []string
			Variables map[string]string
			Artifacts struct{ Reports map[string]string }
		}
	}
	name := "docs/ci/tare.gitlab-ci.yml"
	parseYAML(t, name, readPage(t, name).text, &file)
	p := newPipeline(t)
	script := strings.ReplaceAll(strings.Join(file.Tare.Script, "\n"), "/tmp/tare", filepath.Join(p.dir, "built"))
	for image, want := range map[string]int{frugal: 0, wasteful: 1} {
		out, code := p.run(script, "TARE_IMAGE="+image, "TARE_DOCKERFILE=", "TARE_ARGUMENTS=--min-efficiency 0.9 --max-layers 9")
		if code != want {
			t.Errorf("%s ends with %d, want %d:\n%s", image, code, want, out)
		}
		for kind, report := range file.Tare.Artifacts.Reports {
			if info, err := os.Stat(filepath.Join(p.dir, report)); err != nil || info.Size() == 0 {
				t.Errorf("%s: no %s report (%v)", image, kind, err)
			}
		}
	}
}
