package docs

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/ui/cli"
	"github.com/tare-oci/tare/ui/forge/forgetest"
)

// pipeline is a directory in which what docs/ci.md, action.yml and the GitLab job
// tell a pipeline to do can be done: images as archives, the program, and a
// docker that knows those images.
type pipeline struct {
	t   *testing.T
	dir string
	env []string
}

// built makes the program the first time that a test needs it: a link to this very test, which
// is the program where it is called tare. Building it would take as long as all these tests.
var built = sync.OnceValues(func() (tare string, err error) {
	if builtIn, err = os.MkdirTemp("", "tare-docs"); err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	tare = filepath.Join(builtIn, "tare")
	return tare, os.Symlink(self, tare)
})

var builtIn string // the directory, "" where no test needs the program

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "tare" {
		cli.Main()
		return
	}
	os.Exit(run(m))
}

// cache is the cache of all examples in the pages.
var cache string

func run(m *testing.M) int {
	var err error
	if cache, err = os.MkdirTemp("", "tare-docs-cache"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { os.RemoveAll(cache); os.RemoveAll(builtIn) }()
	return m.Run()
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
	rm := imagetest.Layer{CreatedBy: "RUN rm /app # buildkit", Files: []imagetest.File{imagetest.Whiteout("app"), imagetest.Fill("other", 20_000)}}
	p.write(wasteful, string(imagetest.Image{Layers: []imagetest.Layer{data, rm}}.Docker25().Tar()))
	p.write(frugal, string(imagetest.Image{Layers: []imagetest.Layer{data}}.Docker25().Tar()))
	p.write("bin/docker", "#!/bin/sh\ncase $1 in\nsave) cat \"$2\" ;;\nrun) while [ \"$1\" != tare:dev ]; do shift; done; shift; exec tare \"$@\" ;;\n*) exit 1 ;;\nesac\n")
	git, err := exec.LookPath("git")
	if err != nil {
		git = "false"
	}
	// go build asks git which commit it builds.
	p.write("bin/git", "#!/bin/sh\n[ \"$1\" = clone ] || exec "+git+" \"$@\"\nwhile [ $# -gt 1 ]; do shift; done\nrm -f \"$1\"; exec ln -s \"$TARE_SOURCE\" \"$1\"\n")
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
		"TARE_FLOOR=0", "TARE_SOURCE=" + root, "RUNNER_TEMP=" + p.dir, "GITHUB_STEP_SUMMARY=" + filepath.Join(p.dir, "summary"), "GOCACHE=" + caches[0], "GOMODCACHE=" + caches[1],
		"DOCKER_HOST=unix:///nowhere.sock", "CONTAINER_HOST=unix:///nowhere.sock",
	}
	for _, name := range []string{"GOFLAGS", "CGO_ENABLED"} { // other flags would compile every package anew
		if value, ok := os.LookupEnv(name); ok {
			p.env = append(p.env, name+"="+value)
		}
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

// pretendToBuild puts in place of go what makes a script that calls the program there is:
// building in earnest takes seconds. TARE_MANY does.
func (p *pipeline) pretendToBuild() {
	p.t.Helper()
	if imagetest.Rounds(0, 0, 1) > 0 {
		return
	}
	p.write("bin/go", `#!/bin/sh
[ "$1" = build ] || exit 1
while [ $# -gt 1 ]; do
	case $1 in
	-C) cd "$2" ;;
	-o) out=$2 ;;
	esac
	shift
done
[ -f go.mod ] || exit 1
mkdir -p "${out%/*}"
printf '#!/bin/sh\nexec tare "$@"\n' >"$out"
chmod 755 "$out"
`)
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
	t.Parallel()
	page := readPage(t, "docs/ci.md")
	for _, b := range page.blocks("yaml") {
		var any map[string]any
		parseYAML(t, "docs/ci.md", b.text, &any)
		if len(any) == 0 {
			t.Errorf("docs/ci.md:%d: an empty block", b.line)
		}
	}
	p := newPipeline(t)
	p.pretendToBuild()
	for image, want := range map[string]int{frugal: 0, wasteful: 1} {
		for _, b := range page.blocks("sh") {
			env := []string{"IMAGE=" + image, "MAIN_IMAGE=" + frugal, "CI_CACHE=" + p.dir}
			if builds := strings.Contains(b.text, "go build"); builds && image == frugal {
				continue // built once is enough
			} else if !builds {
				env = append(env, "TARE="+filepath.Join(p.dir, "bin", "tare"))
			}
			out, code := p.run(b.text, env...)
			if code != want {
				t.Errorf("docs/ci.md:%d on %s ends with %d, want %d:\n%s", b.line, image, code, want, out)
			}
		}
	}
}

// action is action.yml, as far as this test knows it.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct{ Steps []actionStep }
}

type actionStep struct {
	Name, ID, Run, Uses, If string
	Env, With               map[string]string
}

// readAction reads action.yml, and the step of it that checks the image.
func readAction(t *testing.T) (a action, check actionStep) {
	t.Helper()
	parseYAML(t, "action.yml", readPage(t, "action.yml").text, &a)
	return a, a.step(t, "Check the image")
}

// step is the step of a name.
func (a action) step(t *testing.T, name string) actionStep {
	t.Helper()
	for _, s := range a.Runs.Steps {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("action.yml has no step %q", name)
	return actionStep{}
}

// inputs are the variables of the step, as the runner sets them: the defaults, and
// what is given.
func (a action) inputs(step actionStep, given map[string]string) (env []string) {
	for name, value := range step.Env {
		input := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
		set, ok := given[input]
		if !ok && input != "token" {
			set = a.Inputs[input].Default
		}
		env = append(env, name+"="+set)
	}
	return env
}

// TestAction runs the step of action.yml that checks the image.
func TestAction(t *testing.T) {
	t.Parallel()
	a, step := readAction(t)
	for name, value := range step.Env {
		input, ok := strings.CutPrefix(strings.TrimSuffix(value, " }}"), "${{ inputs.")
		if _, there := a.Inputs[input]; !ok || !there {
			t.Errorf("%s is %q, which is no input", name, value)
		}
	}
	if strings.Contains(step.Run, "${{") {
		t.Error("an input is put into the script: whoever names an image could run commands")
	}
	p := newPipeline(t)
	p.write("tare", "#!/bin/sh\nexec tare \"$@\"\n")
	p.write("Dockerfile", "FROM scratch\nCOPY app /app\nRUN rm /app\n")
	for image, want := range map[string]int{frugal: 0, wasteful: 1} {
		for _, comment := range []string{"true", "false"} {
			given := map[string]string{"image": image, "arguments": "--min-efficiency 0.9\n--max-layers 5 ", "sarif": "out.sarif", "comment": comment}
			if image == wasteful {
				given["dockerfile"] = "Dockerfile"
			}
			os.Remove(filepath.Join(p.dir, "summary"))
			out, code := p.run(step.Run, append(a.inputs(step, given), "GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=shop/api")...)
			if code != want {
				t.Errorf("%s ends with %d, want %d:\n%s", image, code, want, out)
			}
			if annotated := strings.Contains(out, "file=Dockerfile,line="); annotated != (image == wasteful) {
				t.Errorf("%s: annotated lines: %v\n%s", image, annotated, out)
			}
			for _, file := range []string{"out.sarif", "summary", "tare-image.json"} {
				if info, err := os.Stat(filepath.Join(p.dir, file)); err != nil || info.Size() == 0 {
					t.Errorf("%s: no %s (%v)", image, file, err)
				}
			}
		}
	}
	for _, given := range []map[string]string{
		{"image": "$(touch owned); touch owned", "arguments": "--scope `touch owned`", "against": "$(touch owned) ;touch owned"},
		{"image": frugal, "key": "../../$(touch owned)"},
	} {
		out, code := p.run(step.Run, a.inputs(step, given)...)
		if _, err := os.Stat(filepath.Join(p.dir, "owned")); err == nil || code != 2 {
			t.Errorf("an input became a command, or was taken (%d):\n%s", code, out)
		}
	}
}

// TestActionInAContainer holds that the action takes directories from variables: within a
// container what an expression says of them is the host's path (actions/runner#2185).
func TestActionInAContainer(t *testing.T) {
	for line := range strings.Lines(readPage(t, "action.yml").text) {
		for _, wrong := range []string{"github.action_path", "runner.temp", "github.workspace"} {
			if strings.Contains(line, wrong) {
				t.Errorf("action.yml has %s", strings.TrimSpace(line))
			}
		}
	}
	a, _ := readAction(t)
	p := newPipeline(t)
	if out, code := p.run(a.step(t, "Find the directories").Run, "GITHUB_ACTION_PATH=/__w/tare", "RUNNER_TEMP=/__w/_temp", "GITHUB_OUTPUT="+filepath.Join(p.dir, "output")); code != 0 {
		t.Fatalf("it ends with %d:\n%s", code, out)
	}
	got, err := os.ReadFile(filepath.Join(p.dir, "output"))
	if want := "source=/__w/tare\nwork=/__w/_temp\n"; err != nil || string(got) != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

// TestActionComments runs the step on a pull request, with GitHub's API beside it, as
// the runs of a project would go.
func TestActionComments(t *testing.T) {
	t.Parallel()
	a, step := readAction(t)
	p := newPipeline(t)
	p.write("tare", "#!/bin/sh\nexec tare \"$@\"\n")
	api := forgetest.GitHub(t)
	run := func(image, ref, base string, given map[string]string) (string, int) {
		all := map[string]string{"image": image, "token": forgetest.JobToken}
		maps.Copy(all, given)
		return p.run(step.Run, append(a.inputs(step, all), "GITHUB_ACTIONS=true", "GITHUB_API_URL="+api.URL,
			"GITHUB_REPOSITORY="+forgetest.Repository, "GITHUB_REF="+ref, "GITHUB_BASE_REF="+base)...)
	}
	const pull = "refs/pull/7/merge"
	if out, code := run(frugal, pull, "main", nil); code != 0 || !strings.Contains(comments(api), "first report") {
		t.Errorf("the first pull request ends with %d:\n%s%s", code, out, comments(api))
	}
	if out, code := run(frugal, "refs/heads/main", "", nil); code != 0 || !strings.Contains(out, "in the job's summary") {
		t.Errorf("main ends with %d:\n%s", code, out)
	}
	report, err := os.ReadFile(filepath.Join(p.dir, "tare-image.json"))
	if err != nil {
		t.Fatal(err)
	}
	kept := strings.ReplaceAll(strings.ReplaceAll(a.step(t, "Keep the report for pull requests").With["name"], "${{ inputs.key }}", "image"), " ", "")
	api.SetArtifacts([]forgetest.Artifact{{Name: kept, File: "tare-image.json", Branch: "main", Content: report, At: time.Now()}})
	out, code := run(wasteful, pull, "main", nil)
	if code != 1 || len(api.Comments()) != 1 {
		t.Errorf("the second pull request ends with %d and %d comments:\n%s", code, len(api.Comments()), out)
	}
	for _, want := range []string{"### tare: failed", "the report saved by the run for", "`frugal.tar`"} {
		if !strings.Contains(comments(api), want) {
			t.Errorf("the comment does not say %q:\n%s", want, comments(api))
		}
	}
	if out, code := run(wasteful, pull, "main", map[string]string{"against": " ./nothing.json \n" + wasteful}); code != 0 || !strings.Contains(comments(api), "as large as before") {
		t.Errorf("against itself it ends with %d:\n%s\n%s", code, out, comments(api))
	}
}

// comments are the texts of all comments.
func comments(api *forgetest.API) (all string) {
	for _, c := range api.Comments() {
		all += c.Body
	}
	return all
}
