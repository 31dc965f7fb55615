package docs

import (
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/ui/forge/forgetest"
)

// workflow is one of the pipelines in ten lines of docs/ci.md.
type workflow struct {
	about string // its first line
	Steps []workflowStep
}

type workflowStep struct {
	Run, Uses, If string
	Env           map[string]string
	With          map[string]any
}

// workflows are those of docs/ci.md, by what their first line is about.
func workflows(t *testing.T) []workflow {
	t.Helper()
	var all []workflow
	for _, b := range readPage(t, "docs/ci.md").blocks("yaml") {
		about, isOne := strings.CutPrefix(b.text, "# ")
		if !isOne {
			continue
		}
		w := workflow{about: strings.SplitN(about, "\n", 2)[0]}
		parseYAML(t, "docs/ci.md", b.text, &w)
		if lines := strings.Count(b.text, "\n") - 1; lines > 10 {
			t.Errorf("docs/ci.md:%d has %d lines, and promises ten", b.line, lines)
		}
		all = append(all, w)
	}
	if len(all) != 3 {
		t.Fatalf("docs/ci.md has %d workflows, want 3", len(all))
	}
	return all
}

// project is where workflows run: an engine, a registry, GitHub's API, and a source
// tree of which main and the pull request build another image.
type project struct {
	*pipeline
	api        *forgetest.API
	image      string // a tag, as ${IMAGE}
	repository string // as ${REPOSITORY}
	switchTo   func(branch string)
	pushed     func() // does what a stand-in for docker push cannot; nil for nothing
}

// run runs a workflow on main, or on the pull request, as GitHub would.
func (p *project) run(w workflow, onMain bool) (out string, code int) {
	p.t.Helper()
	env := []string{
		"GITHUB_ACTIONS=true", "GITHUB_API_URL=" + p.api.URL, "GITHUB_REPOSITORY=" + forgetest.Repository, "GITHUB_TOKEN=" + forgetest.JobToken,
		"IMAGE=" + p.image, "REPOSITORY=" + p.repository, "TARE=tare",
	}
	if onMain {
		env = append(env, "GITHUB_REF=refs/heads/main", "GITHUB_BASE_REF=")
	} else {
		env = append(env, "GITHUB_REF=refs/pull/7/merge", "GITHUB_BASE_REF=main")
	}
	for _, step := range w.Steps {
		if step.If == "github.ref == 'refs/heads/main'" && !onMain {
			continue
		}
		switch {
		case strings.HasPrefix(step.Uses, "actions/checkout@"):
			p.switchTo(map[bool]string{true: "main", false: "pull"}[onMain])
		case strings.HasPrefix(step.Uses, "actions/upload-artifact@"):
			file := fmt.Sprint(step.With["path"])
			content, err := os.ReadFile(filepath.Join(p.dir, file))
			if err != nil {
				p.t.Fatal(err)
			}
			p.api.SetArtifacts(append(p.api.Kept(), forgetest.Artifact{Name: fmt.Sprint(step.With["name"]), File: file, Branch: "main", Content: content, At: time.Now()}))
		case step.Run == "":
			p.t.Fatalf("%s: this test does not know %q", w.about, step.Uses)
		default:
			text, ended := p.pipeline.run(step.Run, env...)
			if out += text; ended != 0 {
				return out, ended
			}
			if p.pushed != nil && strings.Contains(step.Run, "docker push") {
				p.pushed()
			}
		}
	}
	return out, 0
}

// try runs the three workflows as a project would meet them: a pull request before
// main ever ran, main, and pull requests that grow by a third and not at all.
func (p *project) try(t *testing.T) {
	for _, w := range workflows(t) {
		t.Run(w.about, func(t *testing.T) {
			p.t = t
			comments, both := strings.Contains(fmt.Sprint(w), `"$TARE" comment`), strings.Contains(fmt.Sprint(w), "-before")
			told := func(want string) {
				t.Helper()
				if all := p.api.Comments(); comments && (len(all) != 1 || !strings.Contains(all[0].Body, want)) {
					t.Errorf("there are %d comments, want one that says %q: %+v", len(all), want, all)
				}
			}
			for _, c := range p.api.Comments() {
				p.api.Remove(c.ID)
			}
			if !both {
				if out, code := p.run(w, false); code != 0 {
					t.Errorf("the first pull request ends with %d:\n%s", code, out)
				}
				told("first report")
				if out, code := p.run(w, true); code != 0 {
					t.Errorf("main ends with %d:\n%s", code, out)
				}
			}
			want := 1
			if strings.Contains(fmt.Sprint(w), "--exit-zero") {
				want = 0
			}
			out, code := p.run(w, false)
			if code != want {
				t.Errorf("a pull request that grows ends with %d, want %d:\n%s", code, want, out)
			}
			told(" larger")
			told("| size |")
			told("model.bin")
			if !comments && !strings.Contains(out, "COPY app") {
				t.Errorf("it does not name the line:\n%s", out)
			}
		})
	}
}

// TestWorkflows runs the workflows of docs/ci.md with stand-ins: archives for the
// engine's images, a registry in memory, and GitHub's fake.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	made := &project{pipeline: p, api: forgetest.GitHub(t), image: "./app-ci", repository: strings.TrimPrefix(server.URL, "http://") + "/shop/api"}
	app := []imagetest.File{imagetest.Fill("app/server", 3_000_000)}
	images := map[string]imagetest.Image{
		"main": {Layers: []imagetest.Layer{{CreatedBy: "COPY app /app # buildkit", Comment: "buildkit.dockerfile.v0", Files: app}}},
		"pull": {Layers: []imagetest.Layer{{CreatedBy: "COPY app /app # buildkit", Comment: "buildkit.dockerfile.v0", Files: append(app, imagetest.Fill("app/model.bin", 1_200_000))}}},
	}
	for branch, image := range images {
		p.write(branch+".tar", string(image.Docker25().Tar()))
	}
	p.write("Dockerfile", "FROM scratch\nCOPY app /app\n")
	made.switchTo = func(branch string) {
		p.write("branch", branch)
	}
	p.write(".tare.yaml", "dockerfile: Dockerfile\n") // as tare init -f writes; it has to stay that of the pull request
	p.write("bin/git", `#!/bin/sh
case "$1 $2" in
"worktree add") mkdir -p "$4" && echo "${5#origin/}" >"$4/branch" ;;
checkout*) echo "${3#origin/}" >branch && printf 'FROM scratch\nADD before.tar /\nCOPY old /app\n' >Dockerfile ;;
*) exit 1 ;;
esac
`)
	p.write("bin/docker", `#!/bin/sh
case $1 in
build) cp "$(cat "$4/branch").tar" "$3" ;;
tag | push) ;;
*) exit 1 ;;
esac
`)
	made.pushed = func() {
		tag, err := name.ParseReference(made.repository + ":main")
		if err == nil {
			err = remote.Write(tag, images["main"].V1())
		}
		if err != nil {
			t.Error(err)
		}
	}
	made.try(t)
}

// TestWorkflowsReal runs them with Docker, a registry and git.
func TestWorkflowsReal(t *testing.T) {
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: eval \"$(.ci/real-up)\" and set TARE_REAL=1")
	}
	const host = "127.0.0.1:5057"
	p := newPipeline(t)
	p.env = append(p.env, "DOCKER_HOST="+os.Getenv("DOCKER_HOST"), "DOCKER_BUILDKIT=0")
	for _, standIn := range []string{"docker", "git"} {
		os.Remove(filepath.Join(p.dir, "bin", standIn))
	}
	unique := fmt.Sprintf("%s/tare-docs/api%d", host, time.Now().UnixNano())
	made := &project{pipeline: p, api: forgetest.GitHub(t), image: unique + ":ci", repository: unique}
	must := func(script string) {
		t.Helper()
		if out, code := p.run(script, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b.example", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b.example"); code != 0 {
			t.Fatalf("%s ends with %d:\n%s", script, code, out)
		}
	}
	p.write("Dockerfile", "FROM "+host+"/debian:slim\nCOPY app /app\n")
	p.write(".dockerignore", "*\n!app\n")
	p.write("app/server", string(imagetest.Noise("server", 100_000)))
	must("git init -q -b main . && git add Dockerfile .dockerignore app && git commit -q -m main && git update-ref refs/remotes/origin/main main")
	p.write("app/model.bin", string(imagetest.Noise("model", 30_000_000)))
	must("git checkout -q -b pull && git add app && git commit -q -m pull")
	made.switchTo = func(branch string) { must("git checkout -q -f " + branch) }
	t.Cleanup(func() {
		exec.Command("docker", "rmi", "-f", unique+":ci", unique+":ci-before", unique+":main").Run()
	})
	made.try(t)
}

// onEvents is a whole workflow of GitHub Actions, as far as it says when it runs.
type onEvents struct {
	On   yaml.Node
	Jobs map[string]struct {
		RunsOn string            `yaml:"runs-on"`
		Env    map[string]string `yaml:"env"`
		Steps  []workflowStep
	}
}

// runsOn reports whether a workflow runs on an event; of push, on main.
func (w *onEvents) runsOn(event string) bool {
	var events map[string]struct{ Branches []string }
	if w.On.Decode(&events) != nil {
		return w.On.Value == event
	}
	found, ok := events[event]
	return ok && (event != "push" || slices.Equal(found.Branches, []string{"main"}))
}

// TestWorkflowsAreWhole: each workflow of docs/ci.md that is a whole file says when it runs and
// where, and so does each of the three in ten lines within what stands around them. Where
// something is kept on main for pull requests to be compared with, it runs on pushes to main.
func TestWorkflowsAreWhole(t *testing.T) {
	var whole []string
	var around string
	for _, b := range readPage(t, "docs/ci.md").blocks("yaml") {
		switch {
		case strings.Contains(b.text, "# here, as far to the right"):
			around = b.text
		case strings.HasPrefix(b.text, "name: "):
			whole = append(whole, b.text)
		}
	}
	for _, b := range readPage(t, "docs/ci.md").blocks("yaml") {
		if strings.HasPrefix(b.text, "# ") {
			whole = append(whole, around+"    "+strings.ReplaceAll(strings.TrimSpace(b.text), "\n", "\n    "))
		}
	}
	if len(whole) != 5 {
		t.Fatalf("%d workflows are whole files, or in what makes them one; want 5", len(whole))
	}
	for _, text := range whole {
		var w onEvents
		parseYAML(t, "docs/ci.md", text, &w)
		job := w.Jobs["image"]
		if job.RunsOn == "" || len(job.Steps) < 3 || !w.runsOn("pull_request") {
			t.Errorf("it is no workflow of a pull request: %+v\n%s", w, text)
		}
		keeps := strings.Contains(text, "'refs/heads/main'")
		for _, step := range job.Steps {
			keeps = keeps || step.Uses == "./tare" && step.With["keep"] != "false"
			for _, name := range []string{"TARE", "IMAGE", "REPOSITORY"} {
				if strings.Contains(step.Run, "$"+name) && job.Env[name] == "" {
					t.Errorf("nothing sets %s in\n%s", name, text)
				}
			}
		}
		if keeps && !w.runsOn("push") {
			t.Errorf("nothing is ever kept for pull requests to be compared with:\n%s", text)
		}
	}
}

// TestActionsInputs: what docs/ci.md gives the action are inputs that it has.
func TestActionsInputs(t *testing.T) {
	a, _ := readAction(t)
	given := 0
	for _, b := range readPage(t, "docs/ci.md").blocks("yaml") {
		var w onEvents
		parseYAML(t, "docs/ci.md", b.text, &w)
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				for name := range step.With {
					if _, ok := a.Inputs[name]; step.Uses == "./tare" && !ok {
						t.Errorf("docs/ci.md:%d: action.yml has no input %q", b.line, name)
					}
					given++
				}
			}
		}
	}
	if given < 5 {
		t.Errorf("docs/ci.md gives %d inputs", given)
	}
}
