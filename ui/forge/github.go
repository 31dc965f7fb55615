package forge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// findGitHub reads what a job of GitHub Actions is told.
func findGitHub(env func(string) string, o Options) (*Job, error) {
	event := readEvent(env("GITHUB_EVENT_PATH"))
	job := &Job{Forge: "GitHub", Summary: env("GITHUB_STEP_SUMMARY"), Target: cmp.Or(env("GITHUB_BASE_REF"), event.PullRequest.Base.Ref)}
	job.Number = cmp.Or(o.Number, event.pullRequest(), numberOfRef(env("GITHUB_REF")))
	job.number = newRunNumber(env("GITHUB_WORKFLOW"), env("GITHUB_RUN_NUMBER"), env("GITHUB_RUN_ATTEMPT"))
	token := env("GITHUB_TOKEN")
	c, err := connect(job.Forge, "GITHUB_API_URL", cmp.Or(env("GITHUB_API_URL"), "https://api.github.com"),
		credential{variable: "GITHUB_TOKEN", token: token, header: "Authorization", value: "Bearer " + token}, o)
	if err != nil || c == nil {
		return job, err
	}
	c.headers["Accept"] = "application/vnd.github+json"
	c.headers["X-GitHub-Api-Version"] = "2022-11-28"
	owner, name, ok := strings.Cut(env("GITHUB_REPOSITORY"), "/")
	if !ok || owner == "" || name == "" {
		return job, errors.New("GITHUB_REPOSITORY is not OWNER/NAME; run this in a GitHub Actions job, or set it")
	}
	job.calls, job.pages = c, &gitHub{client: c, owner: owner, name: name, number: job.Number}
	return job, nil
}

// event is what GITHUB_EVENT_PATH holds, as far as it tells of a pull request.
type event struct {
	Number      int // of pull_request
	PullRequest struct {
		Number int
		Base   struct{ Ref string }
	} `json:"pull_request"`
	Issue struct { // of issue_comment
		Number      int
		PullRequest json.RawMessage `json:"pull_request"`
	}
	WorkflowRun struct { // of workflow_run; empty for a fork's pull request
		PullRequests []struct{ Number int } `json:"pull_requests"`
	} `json:"workflow_run"`
}

// maxEvent bounds the file; GitHub's own limit for events is 25 MB.
const maxEvent = 32 << 20

// readEvent reads the event that started a job; what cannot be read tells nothing.
func readEvent(name string) (e event) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxEvent {
		return e
	}
	text, err := os.ReadFile(name)
	if err != nil || json.Unmarshal(text, &e) != nil {
		return event{}
	}
	return e
}

func (e *event) pullRequest() int {
	switch {
	case e.PullRequest.Number > 0:
		return e.PullRequest.Number
	case len(e.Issue.PullRequest) > 0:
		return e.Issue.Number
	case len(e.WorkflowRun.PullRequests) > 0:
		return e.WorkflowRun.PullRequests[0].Number
	}
	return 0
}

// numberOfRef reads refs/pull/7/merge.
func numberOfRef(ref string) int {
	rest, ok := strings.CutPrefix(ref, "refs/pull/")
	text, _, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(text)
	if !ok || err != nil || n < 1 {
		return 0
	}
	return n
}

// gitHub keeps comments where pull requests of GitHub have theirs: at their issue.
type gitHub struct {
	*client
	owner, name string
	number      int
}

// gitHubComment is an issue comment, as far as it matters here.
type gitHubComment struct {
	ID      int64
	Body    string
	HTMLURL string `json:"html_url"`
	User    struct {
		Login, Type string
	}
}

func (g *gitHub) repository(query url.Values, parts ...string) *url.URL {
	return g.path(query, append([]string{"repos", g.owner, g.name}, parts...)...)
}

func (g *gitHub) list(ctx context.Context, mark string) ([]comment, error) {
	const act = "reading the comments of the pull request"
	var marked []gitHubComment
	at := g.repository(url.Values{"per_page": {perPage}}, "issues", strconv.Itoa(g.number), "comments")
	err := each(ctx, g.client, call{act: act, at: at}, func(page []gitHubComment) bool {
		for _, c := range page {
			if begins(c.Body, mark) {
				marked = append(marked, c)
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	return g.own(ctx, marked)
}

// own are the comments that this program wrote. Anybody can begin a comment with
// the mark; to write into somebody else's would put our words into their mouth, and
// let them change ours. The token of a job is an app's, and apps alone are bots. A
// person's token says whose it is.
func (g *gitHub) own(ctx context.Context, marked []gitHubComment) ([]comment, error) {
	login := ""
	if slices.ContainsFunc(marked, func(c gitHubComment) bool { return c.User.Type != "Bot" }) {
		var me struct{ Login string }
		_, err := g.json(ctx, call{act: "looking up the token's user", method: http.MethodGet, at: g.path(nil, "user")}, &me)
		if err != nil && !errors.Is(err, ErrRights) { // an app's token may not ask
			return nil, err
		}
		login = me.Login
	}
	var own []comment
	for _, c := range marked {
		if c.User.Type == "Bot" || login != "" && strings.EqualFold(c.User.Login, login) {
			own = append(own, comment{c.ID, c.Body, g.clean(c.HTMLURL)})
		}
	}
	slices.SortFunc(own, func(a, b comment) int { return cmp.Compare(a.id, b.id) })
	return own, nil
}

func (g *gitHub) create(ctx context.Context, body string) (comment, error) {
	at := g.repository(nil, "issues", strconv.Itoa(g.number), "comments")
	return g.write(ctx, call{act: "commenting on the pull request", method: http.MethodPost, at: at}, body)
}

func (g *gitHub) update(ctx context.Context, id int64, body string) (comment, error) {
	at := g.repository(nil, "issues", "comments", strconv.FormatInt(id, 10))
	return g.write(ctx, call{act: "updating the comment on the pull request", method: http.MethodPatch, at: at}, body)
}

func (g *gitHub) write(ctx context.Context, what call, body string) (comment, error) {
	var made gitHubComment
	what.in = map[string]string{"body": body}
	_, err := g.json(ctx, what, &made)
	return comment{made.ID, made.Body, g.clean(made.HTMLURL)}, err
}

func (g *gitHub) remove(ctx context.Context, id int64) error {
	at := g.repository(nil, "issues", "comments", strconv.FormatInt(id, 10))
	_, err := g.json(ctx, call{act: "removing a duplicate comment", method: http.MethodDelete, at: at}, nil)
	return err
}
