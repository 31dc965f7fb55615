package forge_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/ui/forge"
	"github.com/tare-oci/tare/ui/forge/forgetest"
)

// world is the environment of a job, and how long it was told to wait.
type world struct {
	env    map[string]string
	waited []time.Duration
	more   forge.Options
}

func (w *world) job(t testing.TB) *forge.Job {
	t.Helper()
	o := w.more
	o.Sleep = func(ctx context.Context, pause time.Duration) error {
		w.waited = append(w.waited, pause)
		return ctx.Err()
	}
	job, err := forge.Find(func(name string) (string, bool) { value, ok := w.env[name]; return value, ok }, o)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// total is how long all waits were.
func (w *world) total() (sum time.Duration) {
	for _, pause := range w.waited {
		sum += pause
	}
	return sum
}

// onGitHub is a job of a pull request.
func onGitHub(api *forgetest.API, token string) *world {
	return &world{env: map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_API_URL": api.URL, "GITHUB_REPOSITORY": forgetest.Repository, "GITHUB_TOKEN": token,
		"GITHUB_REF": fmt.Sprintf("refs/pull/%d/merge", forgetest.PullRequest), "GITHUB_BASE_REF": "main",
		"GITHUB_WORKFLOW": "image", "GITHUB_RUN_NUMBER": "12", "GITHUB_RUN_ATTEMPT": "1",
	}}
}

// onGitLab is a job of a merge request's pipeline.
func onGitLab(api *forgetest.API, token string) *world {
	w := &world{env: map[string]string{
		"GITLAB_CI": "true", "CI_API_V4_URL": api.URL + "/api/v4", "CI_PROJECT_ID": "99", "CI_PROJECT_PATH": "octavia/api",
		"CI_MERGE_REQUEST_PROJECT_ID": forgetest.Project, "CI_MERGE_REQUEST_IID": strconv.Itoa(forgetest.PullRequest),
		"CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/shop/api", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
		"CI_PIPELINE_IID": "12",
	}}
	if token == forgetest.GitLabJob {
		w.env["CI_JOB_TOKEN"] = token
	} else {
		w.env["GITLAB_TOKEN"] = token
	}
	return w
}

// both runs a test beside each of the two.
func both(t *testing.T, test func(t *testing.T, api *forgetest.API, w *world)) {
	t.Run("GitHub", func(t *testing.T) {
		api := forgetest.GitHub(t)
		test(t, api, onGitHub(api, forgetest.JobToken))
	})
	t.Run("GitLab", func(t *testing.T) {
		api := forgetest.GitLab(t)
		test(t, api, onGitLab(api, forgetest.ProjectToken))
	})
}

// keep keeps a comment and holds the outcome to what is wanted.
func keep(t *testing.T, job *forge.Job, body string, want forge.Did) {
	t.Helper()
	done, err := job.Keep(t.Context(), "image", body)
	if err != nil {
		t.Fatal(err)
	}
	if done.Did != want || !strings.HasPrefix(done.URL, "https://") {
		t.Errorf("it is %q at %q, want %q", done.Did, done.URL, want)
	}
}

// ours are the comments that hold the mark.
func ours(api *forgetest.API) (all []forgetest.Comment) {
	for _, c := range api.Comments() {
		if strings.HasPrefix(c.Body, "<!-- tare comment image -->") {
			all = append(all, c)
		}
	}
	return all
}

func one(t *testing.T, api *forgetest.API, says string) {
	t.Helper()
	if all := ours(api); len(all) != 1 || !strings.Contains(all[0].Body, says) {
		t.Errorf("the pull request has %d comments of ours, want one that says %+v: %+v", len(all), says, all)
	}
}

// TestKeep: made once, then updated, and left alone where it says the same.
func TestKeep(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for range 250 { // three pages
			api.Add(forgetest.Comment{Body: "Looks good to me", Author: "octavia"})
		}
		keep(t, w.job(t), "first", forge.Created)
		for range 20 {
			api.Add(forgetest.Comment{Body: "one more", Author: "octavia"})
		}
		keep(t, w.job(t), "second", forge.Updated)
		one(t, api, "second")
		before := len(api.Requests())
		keep(t, w.job(t), "second", forge.Unchanged)
		one(t, api, "second")
		for _, request := range api.Requests()[before:] {
			if !strings.HasPrefix(request, "GET ") {
				t.Errorf("it says the same and is written: %s", request)
			}
		}
		if n := len(api.Comments()); n != 271 {
			t.Errorf("%d comments", n)
		}
	})
}

// TestKeepForEachImage: a key of its own is a comment of its own.
func TestKeepForEachImage(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for _, key := range []string{"api", "worker", "api", "--> <b>", strings.Repeat("x", 500)} {
			if _, err := w.job(t).Keep(t.Context(), key, "for "+key); err != nil {
				t.Fatal(err)
			}
		}
		if all := api.Comments(); len(all) != 4 || strings.Contains(all[2].Body[:60], "<b>") {
			t.Errorf("%d comments: %+v", len(all), all)
		}
	})
}

// TestKeepLeavesOthersAlone: whoever copies the mark gets no word of ours.
func TestKeepLeavesOthersAlone(t *testing.T) {
	const forged = "<!-- tare comment image -->\nall is well"
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		theirs := api.Add(forgetest.Comment{Body: forged, Author: "mallory"})
		quoted := api.Add(forgetest.Comment{Body: "> " + forged, Author: "octavia"})
		system := api.Add(forgetest.Comment{Body: "mentioned", Author: "octavia", System: true})
		keep(t, w.job(t), "the truth", forge.Created)
		keep(t, w.job(t), "more truth", forge.Updated)
		all := api.Comments()
		if len(all) != 4 || all[0] != theirs || all[1] != quoted || all[2] != system {
			t.Errorf("comments of others changed: %+v", all)
		}
	})
	t.Run("a person's token", func(t *testing.T) {
		api := forgetest.GitHub(t)
		api.Add(forgetest.Comment{Body: forged, Author: "mallory"})
		api.Add(forgetest.Comment{Body: forged, Author: "octavia"})
		keep(t, onGitHub(api, forgetest.PersonToken).job(t), "the truth", forge.Updated)
		if all := api.Comments(); len(all) != 2 || all[0].Body != forged || !strings.Contains(all[1].Body, "the truth") {
			t.Errorf("%+v", all)
		}
	})
}

// TestKeepWithOtherLineEnds: an API may end lines otherwise than they were sent.
func TestKeepWithOtherLineEnds(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		w.env["GITHUB_RUN_NUMBER"], w.env["CI_PIPELINE_IID"] = "9", "9"
		keep(t, w.job(t), "first", forge.Created)
		stored := ours(api)[0]
		api.Remove(stored.ID)
		stored.Body = "\n" + strings.ReplaceAll(stored.Body, "\n", "\r\n")
		api.Add(stored)
		w.env["GITHUB_RUN_NUMBER"], w.env["CI_PIPELINE_IID"] = "8", "8"
		keep(t, w.job(t), "of an earlier run", forge.Overtaken)
		w.env["GITHUB_RUN_NUMBER"], w.env["CI_PIPELINE_IID"] = "10", "10"
		keep(t, w.job(t), "second", forge.Updated)
		if all := api.Comments(); len(all) != 1 || !strings.Contains(all[0].Body, "second") {
			t.Errorf("%+v", all)
		}
	})
}

// TestKeepRemovesDuplicates: what is there twice, whyever, is there once afterwards.
func TestKeepRemovesDuplicates(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		keep(t, w.job(t), "first", forge.Created)
		second := ours(api)[0]
		second.ID = 0
		for range 3 {
			api.Add(second)
		}
		keep(t, w.job(t), "second", forge.Updated)
		one(t, api, "second")
	})
}

// TestLaterRunStands: a slow run does not write over what a later one said, and a
// second attempt of the same run does.
func TestLaterRunStands(t *testing.T) {
	api := forgetest.GitHub(t)
	at := func(run, attempt string) *forge.Job {
		w := onGitHub(api, forgetest.JobToken)
		w.env["GITHUB_RUN_NUMBER"], w.env["GITHUB_RUN_ATTEMPT"] = run, attempt
		return w.job(t)
	}
	keep(t, at("12", "1"), "of run 12", forge.Created)
	keep(t, at("9", "3"), "of run 9", forge.Overtaken)
	one(t, api, "of run 12")
	keep(t, at("12", "2"), "of run 12 again", forge.Updated)
	keep(t, at("100", "1"), "of run 100", forge.Updated)
	one(t, api, "of run 100")
	w := onGitHub(api, forgetest.JobToken)
	w.env["GITHUB_WORKFLOW"] = "another --> workflow"
	keep(t, w.job(t), "of another workflow", forge.Updated)
	one(t, api, "of another workflow")
}

// TestWhichPullRequest: from the event, the ref, the variables, or the caller.
func TestWhichPullRequest(t *testing.T) {
	dir := t.TempDir()
	events := 0
	event := func(text string) string {
		events++
		name := filepath.Join(dir, fmt.Sprint(events, ".json"))
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, c := range []struct {
		name   string
		env    map[string]string
		given  int
		number int
		target string
	}{
		{"pull_request", map[string]string{"GITHUB_EVENT_PATH": event(`{"number":31,"pull_request":{"number":31,"base":{"ref":"release/1"}}}`), "GITHUB_REF": "refs/pull/7/merge"}, 0, 31, "release/1"},
		{"the ref", map[string]string{"GITHUB_REF": "refs/pull/7/merge", "GITHUB_BASE_REF": "main"}, 0, 7, "main"},
		{"comment on a pull request", map[string]string{"GITHUB_EVENT_PATH": event(`{"issue":{"number":8,"pull_request":{"url":"x"}}}`)}, 0, 8, ""},
		{"comment on an issue", map[string]string{"GITHUB_EVENT_PATH": event(`{"issue":{"number":8},"comment":{}}`)}, 0, 0, ""},
		{"workflow_run", map[string]string{"GITHUB_EVENT_PATH": event(`{"workflow_run":{"pull_requests":[{"number":5}]}}`)}, 0, 5, ""},
		{"workflow_run of a fork", map[string]string{"GITHUB_EVENT_PATH": event(`{"workflow_run":{"pull_requests":[]}}`)}, 0, 0, ""},
		{"given", map[string]string{"GITHUB_EVENT_PATH": event(`{"workflow_run":{"pull_requests":[]} }`)}, 9, 9, ""},
		{"a push", map[string]string{"GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_PATH": event(`{"ref":"refs/heads/main"}`)}, 0, 0, ""},
		{"no event", map[string]string{"GITHUB_EVENT_PATH": filepath.Join(dir, "none"), "GITHUB_REF": "refs/pull/x/merge"}, 0, 0, ""},
		{"broken event", map[string]string{"GITHUB_EVENT_PATH": event(`{"number":`)}, 0, 0, ""},
		{"a directory", map[string]string{"GITHUB_EVENT_PATH": dir}, 0, 0, ""},
		{"merge request", map[string]string{"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}, 0, 3, "main"},
		{"branch with one", map[string]string{"CI_OPEN_MERGE_REQUESTS": "shop/api!12"}, 0, 12, ""},
		{"branch with two", map[string]string{"CI_OPEN_MERGE_REQUESTS": "shop/api!12,shop/api!13"}, 0, 0, ""},
		{"branch", map[string]string{"CI_COMMIT_BRANCH": "main"}, 0, 0, ""},
	} {
		c.env["GITHUB_ACTIONS"] = fmt.Sprint(!strings.Contains(fmt.Sprint(c.env), "CI_"))
		c.env["GITLAB_CI"] = fmt.Sprint(c.env["GITHUB_ACTIONS"] == "false")
		job := (&world{env: c.env, more: forge.Options{Number: c.given}}).job(t)
		if job.Number != c.number || job.Target != c.target {
			t.Errorf("%s: number %d into %q, want %d into %q", c.name, job.Number, job.Target, c.number, c.target)
		}
	}
	if job := (&world{env: map[string]string{"HOME": "/"}}).job(t); job != nil {
		t.Errorf("no CI at all is %+v", job)
	}
}

// TestNowhereToWrite: no pull request, or no token, is a matter of rights.
func TestNowhereToWrite(t *testing.T) {
	both(t, func(t *testing.T, api *forgetest.API, w *world) {
		for _, name := range []string{"GITHUB_TOKEN", "GITLAB_TOKEN", "GITHUB_REF", "CI_MERGE_REQUEST_IID"} {
			before := w.env[name]
			if before == "" {
				continue
			}
			w.env[name] = ""
			if _, err := w.job(t).Keep(t.Context(), "image", "x"); !errors.Is(err, forge.ErrRights) {
				t.Errorf("without %s: %v", name, err)
			}
			w.env[name] = before
		}
		if len(api.Requests()) > 0 {
			t.Errorf("it asked all the same: %q", api.Requests())
		}
	})
}

// TestWrongEnvironment: an address or a token that cannot be right is told, without
// the token.
func TestWrongEnvironment(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"GITHUB_API_URL", "http://git.example/api/v3", "unencrypted; use https, or allow it with --insecure git.example"},
		{"GITHUB_API_URL", "http://127.git.example", "unencrypted"},
		{"GITHUB_API_URL", "git.example", "not the address of an API"},
		{"GITHUB_API_URL", "https://user:pass@git.example", "not the address of an API"},
		{"GITHUB_API_URL", "ftp://git.example", "not the address of an API"},
		{"GITHUB_REPOSITORY", "api", "OWNER/NAME"},
		{"GITHUB_TOKEN", "ghs_secret\nInjected: header", "GITHUB_TOKEN holds a character that no token has"},
	} {
		w := onGitHub(&forgetest.API{URL: "https://api.github.com"}, forgetest.JobToken)
		w.env[c.name] = c.value
		_, err := forge.Find(func(name string) (string, bool) { value, ok := w.env[name]; return value, ok }, forge.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "ghs_") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s=%q: %v", c.name, c.value, err)
		}
	}
	w := onGitHub(&forgetest.API{URL: "http://git.example/api/v3"}, forgetest.JobToken)
	w.more.Insecure = []string{"git.example"}
	w.job(t)
}
