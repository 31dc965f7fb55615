package cli_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/ui/cli"
	"github.com/tare-oci/tare/ui/forge/forgetest"
)

// TestArtifactOfOlderTare compares with a report that a tare of before an update saved on
// the target branch. Only the next run there can save it again, so it is a first report and
// no failure; one that is broken is a failure.
func TestArtifactOfOlderTare(t *testing.T) {
	t.Setenv("TARE_CACHE_DIR", t.TempDir())
	saved, _, code := typed(t, "demo", "multi-stage", "-o", "json")
	if code != 0 {
		t.Fatal("the report is not saved")
	}
	summary := t.TempDir() + "/summary.md"
	for name, c := range map[string]struct {
		report, said string
		code         int
	}{
		"of today": {saved, "compared with", 0},
		"older":    {strings.Replace(saved, `"schemaVersion": 2`, `"schemaVersion": 1`, 1), "an older tare wrote it, so it has to be saved again", 0},
		"broken":   {saved[:len(saved)/2], "", 2},
	} {
		api := forgetest.GitHub(t)
		api.SetArtifacts([]forgetest.Artifact{{Name: "tare-report", File: "tare.json", Branch: "main", Content: []byte(c.report), At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}})
		env := map[string]string{
			"LANG": "C.UTF-8", "GITHUB_ACTIONS": "true", "GITHUB_API_URL": api.URL, "GITHUB_REPOSITORY": forgetest.Repository, "GITHUB_TOKEN": forgetest.JobToken,
			"GITHUB_REF": "refs/pull/7/merge", "GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": summary,
		}
		var out, err strings.Builder
		code := cli.Run(context.Background(), []string{"comment", "demo:multi-stage", "--against", "artifact:tare-report"}, cli.Streams{
			In: strings.NewReader(""), Out: &out, Err: &err,
			Getenv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		})
		text := ""
		for _, comment := range api.Comments() {
			text += comment.Body
		}
		if code != c.code || !strings.Contains(text, c.said) {
			t.Errorf("%s: %d, %s%s\n%s", name, code, out.String(), err.String(), text)
		}
	}
}

// TestArtifactWithoutRights: a job that may not read artifacts must not pass as a first report,
// whatever the image grew by.
func TestArtifactWithoutRights(t *testing.T) {
	t.Setenv("TARE_CACHE_DIR", t.TempDir())
	for status, said := range map[int]string{403: "Resource not accessible by integration", 404: "Not Found"} {
		api := forgetest.GitHub(t)
		api.SetFault(func(_ int, r *http.Request) http.HandlerFunc {
			if strings.Contains(r.URL.Path, "/artifacts") {
				return forgetest.Answer(status, map[string]string{"message": said})
			}
			return nil
		})
		env := map[string]string{
			"LANG": "C.UTF-8", "GITHUB_ACTIONS": "true", "GITHUB_API_URL": api.URL, "GITHUB_REPOSITORY": forgetest.Repository, "GITHUB_TOKEN": forgetest.JobToken,
			"GITHUB_REF": "refs/pull/7/merge", "GITHUB_BASE_REF": "main",
		}
		var out, err strings.Builder
		code := cli.Run(context.Background(), []string{"comment", "demo:multi-stage", "--against", "artifact:main-size", "--max-size-growth", "10%"}, cli.Streams{
			In: strings.NewReader(""), Out: &out, Err: &err,
			Getenv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		})
		if code != 2 || !strings.Contains(err.String(), "actions: read") || len(api.Comments()) > 0 {
			t.Errorf("%d: exit code %d, %s%s", status, code, out.String(), err.String())
		}
	}
}

// TestArtifactIsWhatToCompareWith: main and the pull request have one tag, so the command that
// says more names the saved report, as a person has it who downloads the artifact.
func TestArtifactIsWhatToCompareWith(t *testing.T) {
	t.Setenv("TARE_CACHE_DIR", t.TempDir())
	saved, _, _ := typed(t, "demo", "multi-stage", "-o", "json")
	for spec, want := range map[string]string{"tare-report": "tare-report.json", "tare-report/out/main.json": "main.json"} {
		api := forgetest.GitHub(t)
		api.SetArtifacts([]forgetest.Artifact{{Name: "tare-report", File: "out/main.json", Branch: "main", Content: []byte(saved), At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}})
		env := map[string]string{
			"LANG": "C.UTF-8", "GITHUB_ACTIONS": "true", "GITHUB_API_URL": api.URL, "GITHUB_REPOSITORY": forgetest.Repository, "GITHUB_TOKEN": forgetest.JobToken,
			"GITHUB_REF": "refs/pull/7/merge", "GITHUB_BASE_REF": "main",
		}
		var out, err strings.Builder
		code := cli.Run(context.Background(), []string{"comment", "demo:deleted-later", "--against", "artifact:" + spec, "-o", "text"}, cli.Streams{
			In: strings.NewReader(""), Out: &out, Err: &err,
			Getenv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		})
		if code != 1 || !strings.Contains(out.String(), "next: tare compare "+want+" demo:deleted-later\n") {
			t.Errorf("%s: %d, %s%s", spec, code, out.String(), err.String())
		}
	}
}
