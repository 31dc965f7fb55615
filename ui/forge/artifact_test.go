package forge_test

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/ui/forge"
	"github.com/tare-oci/tare/ui/forge/forgetest"
)

// fetched fetches an artifact and returns what is in it.
func fetched(t *testing.T, w *world, spec string) (content, what string, err error) {
	t.Helper()
	a, err := w.job(t).Artifact(t.Context(), spec)
	if err != nil {
		return "", "", err
	}
	text, readErr := os.ReadFile(a.File)
	if readErr != nil {
		t.Fatal(readErr)
	}
	os.Remove(a.File)
	return string(text), a.What, nil
}

func kept(name, file, branch, content string, hour int) forgetest.Artifact {
	return forgetest.Artifact{Name: name, File: file, Branch: branch, Content: []byte(content), At: time.Date(2026, 11, 1, hour, 0, 0, 0, time.UTC)}
}

// TestArtifactOfGitHub: the newest of the target branch, of the repository itself,
// that is still there.
func TestArtifactOfGitHub(t *testing.T) {
	api := forgetest.GitHub(t)
	api.PerPage = 2
	fork := kept("tare-report", "tare.json", "main", "poisoned by a fork", 23)
	fork.Fork = true
	expired := kept("tare-report", "tare.json", "main", "expired", 22)
	expired.Expired = true
	api.SetArtifacts([]forgetest.Artifact{
		kept("tare-report", "tare.json", "main", "old", 1), fork, expired,
		kept("tare-report", "tare.json", "feature", "another branch", 21),
		kept("tare-report", "tare.json", "main", "newest", 9), kept("tare-report", "tare.json", "main", "older", 8),
		kept("tare-report-2", "tare.json", "main", "another name", 20),
	})
	w := onGitHub(api, forgetest.ForkToken) // reading is allowed to everybody
	for _, spec := range []string{"tare-report/tare.json", "tare-report"} {
		content, what, err := fetched(t, w, spec)
		if err != nil || content != "newest" || what != "the report saved by the run for 0000000 on main" {
			t.Errorf("%s: %q, %q, %v", spec, content, what, err)
		}
	}
	if _, _, err := fetched(t, w, "none"); !errors.Is(err, forge.ErrAbsent) {
		t.Errorf("no artifact: %v", err)
	}
	const want = "the artifact tare-report: it does not hold typo.json; it holds tare.json; name the report as artifact:NAME/FILE"
	if _, _, err := fetched(t, w, "tare-report/typo.json"); err == nil || errors.Is(err, forge.ErrAbsent) || err.Error() != want {
		t.Errorf("no such file in it: %v", err)
	}
	api.SetArtifacts(append(api.Kept(), kept("log", "build.txt", "main", "no report", 1)))
	if _, _, err := fetched(t, w, "log"); err == nil || errors.Is(err, forge.ErrAbsent) || !strings.Contains(err.Error(), "it does not hold a report; it holds build.txt") {
		t.Errorf("no report in it: %v", err)
	}
	w.env["GITHUB_BASE_REF"] = ""
	if _, _, err := fetched(t, w, "tare-report"); !errors.Is(err, forge.ErrAbsent) || !strings.Contains(err.Error(), "target branch is not known") {
		t.Errorf("without a branch: %v", err)
	}
	w.env["GITHUB_BASE_REF"], w.env["GITHUB_TOKEN"] = "main", ""
	if _, _, err := fetched(t, w, "tare-report"); err == nil || errors.Is(err, forge.ErrAbsent) || !strings.Contains(err.Error(), "set GITHUB_TOKEN") {
		t.Errorf("without a token: %v", err)
	}
}

// TestArtifactOfGitLab: the file of the job in the last pipeline of the branch.
func TestArtifactOfGitLab(t *testing.T) {
	api := forgetest.GitLab(t)
	api.SetArtifacts([]forgetest.Artifact{kept("tare", "out dir/tare.json", "main", "kept", 1), kept("tare", "tare.json", "release/1", "of the release", 1)})
	for _, token := range []string{forgetest.ProjectToken, forgetest.GitLabJob} {
		w := onGitLab(api, token)
		content, what, err := fetched(t, w, "tare/out dir/tare.json")
		if err != nil || content != "kept" || what != "the report saved by the last pipeline on main" {
			t.Errorf("%q, %q, %v", content, what, err)
		}
		w.env["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] = "release/1"
		if content, _, err = fetched(t, w, "tare/tare.json"); err != nil || content != "of the release" {
			t.Errorf("a branch with a slash: %q, %v", content, err)
		}
		if _, _, err := fetched(t, w, "tare/none.json"); !errors.Is(err, forge.ErrAbsent) {
			t.Errorf("%v", err)
		}
		if _, _, err := fetched(t, w, "tare"); err == nil || errors.Is(err, forge.ErrAbsent) {
			t.Errorf("no file is named: %v", err)
		}
	}
}

// TestArtifactFaults: only what the API says is not there is absent. A right that is missing is
// told, with its name, or a gate whose author forgot it would let all growth pass.
func TestArtifactFaults(t *testing.T) {
	stranger := forgetest.GitHub(t)
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		api.SetArtifacts([]forgetest.Artifact{kept("tare", "tare.json", "main", "kept", 1)})
		gitHub := w.env["GITHUB_ACTIONS"] == "true"
		cure := map[bool]string{true: "give the job permissions: actions: read", false: "set GITLAB_TOKEN"}[gitHub]
		for name, answer := range map[string]http.HandlerFunc{
			"right by 403":  forgetest.Answer(403, message("Resource not accessible by integration")),
			"right by 404":  forgetest.Answer(404, message(map[bool]string{true: "Not Found", false: "404 Project Not Found"}[gitHub])),
			"right by 401":  forgetest.Answer(401, message("Bad credentials")),
			"told":          forgetest.Text(500, "no"),
			"told when cut": forgetest.Cut,
		} {
			for _, below := range []string{"/", "/zip", "/raw/"} { // all that is asked, or the file alone
				api.SetFault(func(_ int, r *http.Request) http.HandlerFunc {
					if strings.Contains(r.URL.Path+"/", below) {
						return answer
					}
					return nil
				})
				_, _, err := fetched(t, w, "tare/tare.json")
				if !gitHub && below == "/zip" || gitHub && below == "/raw/" {
					continue // the other API's
				}
				if err == nil || errors.Is(err, forge.ErrAbsent) || strings.Contains(err.Error(), cure) != strings.HasPrefix(name, "right") || strings.Contains(err.Error(), "write comments") {
					t.Errorf("%s, %s: %v", name, below, err)
				}
			}
		}
		api.SetFault(func(int, *http.Request) http.HandlerFunc {
			return forgetest.Answer(410, message("Artifact has expired"))
		})
		if _, _, err := fetched(t, w, "tare/tare.json"); !errors.Is(err, forge.ErrAbsent) {
			t.Errorf("expired: %v", err)
		}
		// Storage is another host, and gets no token.
		stranger.SetArtifacts(api.Kept())
		api.SetFault(func(_ int, r *http.Request) http.HandlerFunc {
			if strings.HasSuffix(r.URL.Path, "/zip") || strings.Contains(r.URL.Path, "/raw/") {
				return forgetest.Redirect(302, stranger.URL+"/storage/1")
			}
			return nil
		})
		if content, _, err := fetched(t, w, "tare/tare.json"); err != nil || !strings.Contains(content, "kept") && !strings.HasPrefix(content, "PK") {
			t.Errorf("%q, %v", content, err)
		}
		if stranger.SawToken() {
			t.Error("the storage was sent the token")
		}
		api.SetFault(func(_ int, r *http.Request) http.HandlerFunc {
			if strings.HasSuffix(r.URL.Path, "/zip") || strings.Contains(r.URL.Path, "/raw/") {
				return func(rw http.ResponseWriter, _ *http.Request) {
					rw.Header().Set("Content-Length", "100")
					rw.Write([]byte("half"))
				}
			}
			return nil
		})
		if _, _, err := fetched(t, w, "tare/tare.json"); err == nil || errors.Is(err, forge.ErrAbsent) {
			t.Errorf("half a file: %v", err)
		}
	})
	api := forgetest.GitHub(t)
	api.SetArtifacts([]forgetest.Artifact{kept("tare", "tare.json", "main", "kept", 1)})
	api.SetFault(func(_ int, r *http.Request) http.HandlerFunc {
		if strings.HasPrefix(r.URL.Path, "/storage/") {
			return forgetest.Text(200, "no zip")
		}
		return nil
	})
	if _, _, err := fetched(t, onGitHub(api, forgetest.JobToken), "tare"); err == nil || !strings.Contains(err.Error(), "did not send a zip") {
		t.Errorf("%v", err)
	}
}
