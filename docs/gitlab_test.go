package docs

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/forge/forgetest"
)

// TestGitLabJob runs the script of the job to include, as the pipelines of a project
// would: on main, and on merge requests without and with a token.
func TestGitLabJob(t *testing.T) {
	t.Parallel()
	var file struct {
		Tare struct {
			Script    []string
			Variables map[string]string
			Artifacts struct {
				Paths   []string
				Reports map[string]string
			}
		}
	}
	name := "docs/ci/tare.gitlab-ci.yml"
	parseYAML(t, name, readPage(t, name).text, &file)
	p := newPipeline(t)
	p.pretendToBuild()
	api := forgetest.GitLab(t)
	script := strings.ReplaceAll(strings.Join(file.Tare.Script, "\n"), "/tmp/tare", filepath.Join(p.dir, "made"))
	run := func(image string, more ...string) (string, int) {
		var env []string
		for name, value := range file.Tare.Variables {
			env = append(env, name+"="+strings.ReplaceAll(value, "$CI_PROJECT_DIR", p.dir))
		}
		env = append(env, "TARE_IMAGE="+image, "TARE_ARGUMENTS=--min-efficiency 0.9 --max-layers 9", "GITLAB_CI=true", "CI_JOB_NAME=tare",
			"CI_API_V4_URL="+api.URL+"/api/v4", "CI_PROJECT_ID="+forgetest.Project, "CI_JOB_TOKEN="+forgetest.GitLabJob, "CI_PIPELINE_IID=1")
		return p.run(script, append(env, more...)...)
	}
	request := []string{"CI_MERGE_REQUEST_PROJECT_ID=" + forgetest.Project, "CI_MERGE_REQUEST_IID=7", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main",
		"CI_MERGE_REQUEST_PROJECT_URL=https://gitlab.example/shop/api", "TARE_PROGRAM=tare"}
	for image, want := range map[string]int{frugal: 0, wasteful: 1} {
		var from []string // frugal: it builds the program from the sources
		if image == wasteful {
			from = []string{"TARE_PROGRAM=tare"}
		}
		out, code := run(image, from...)
		if code != want {
			t.Errorf("%s ends with %d, want %d:\n%s", image, code, want, out)
		}
		for _, made := range append(slices.Collect(maps.Values(file.Tare.Artifacts.Reports)), file.Tare.Artifacts.Paths...) {
			if info, err := os.Stat(filepath.Join(p.dir, made)); err != nil || info.Size() == 0 {
				t.Errorf("%s: no %s (%v)", image, made, err)
			}
		}
		if image == frugal { // what main keeps
			report, err := os.ReadFile(filepath.Join(p.dir, "tare-report.json"))
			if err != nil {
				t.Fatal(err)
			}
			api.SetArtifacts([]forgetest.Artifact{{Name: "tare", File: "tare-report.json", Branch: "main", Content: report}})
		}
	}
	out, code := run(wasteful, request...)
	if code != 1 || !strings.Contains(out, "pass a project access token") || len(api.Comments()) > 0 {
		t.Errorf("without a token it ends with %d:\n%s", code, out)
	}
	told, err := os.ReadFile(filepath.Join(p.dir, "tare-comment.md"))
	if err != nil || !strings.Contains(string(told), "the last pipeline on main") {
		t.Errorf("the artifact says %s (%v)", told, err)
	}
	for range 2 {
		out, code = run(wasteful, append(request, "GITLAB_TOKEN="+forgetest.ProjectToken)...)
		if code != 1 || len(api.Comments()) != 1 || !strings.Contains(comments(api), "### tare: failed") {
			t.Errorf("with a token it ends with %d and %d notes:\n%s", code, len(api.Comments()), out)
		}
	}
}

// TestGitLabJobLogsIn reads an image from the project's own registry, which asks who does.
func TestGitLabJobLogsIn(t *testing.T) {
	t.Parallel()
	var file struct {
		Tare struct {
			Script    []string
			Variables map[string]string
		}
	}
	const name = "docs/ci/tare.gitlab-ci.yml"
	parseYAML(t, name, readPage(t, name).text, &file)
	r := newCountingRegistry(t)
	r.password.Store("glcbt-PLANTED")
	p := newPipeline(t)
	run := func(more ...string) (string, int) {
		env := append([]string{"TARE_IMAGE=" + r.newer, "TARE_PROGRAM=tare", "CI_JOB_NAME=tare", "CI_REGISTRY_USER=gitlab-ci-token",
			"CI_REGISTRY=" + strings.TrimPrefix(r.url, "http://"), "TARE_CACHE_DIR=" + filepath.Join(p.dir, "cache")}, more...)
		return p.run(strings.Join(file.Tare.Script, "\n"), env...)
	}
	if out, code := run(); code != 2 {
		t.Fatalf("without a login it ends with %d: this test asks for none\n%s", code, out)
	}
	if out, code := run("CI_REGISTRY_PASSWORD=glcbt-PLANTED"); code != 0 || strings.Contains(out, "PLANTED") {
		t.Errorf("it ends with %d:\n%s", code, out)
	}
	if out, code := run("CI_REGISTRY_PASSWORD=other", `DOCKER_AUTH_CONFIG={"auths": {}}`); code != 2 || strings.Contains(out, "other") {
		t.Errorf("with a login of its own it ends with %d:\n%s", code, out)
	}
}
