package forge

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// findGitLab reads what a job of GitLab CI is told. In a pipeline of a merge request
// the variables name it, and the project that it goes into; in one of a branch they
// name the open merge requests of the branch.
func findGitLab(env func(string) string, o Options) (*Job, error) {
	job := &Job{Forge: "GitLab", Target: env("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")}
	project := cmp.Or(env("CI_MERGE_REQUEST_PROJECT_ID"), env("CI_PROJECT_ID"))
	job.Number, _ = strconv.Atoi(env("CI_MERGE_REQUEST_IID"))
	if job.Number == 0 {
		// group/project!12,group/project!34: one is meant, several are not.
		path, iid, found := strings.Cut(env("CI_OPEN_MERGE_REQUESTS"), "!")
		if n, err := strconv.Atoi(iid); found && err == nil {
			project, job.Number = path, n
		}
	}
	job.Number = cmp.Or(o.Number, max(job.Number, 0))
	job.number = newRunNumber(env("CI_PROJECT_PATH"), env("CI_PIPELINE_IID"), "")
	// A job's own token may read notes and artifacts, and write nothing.
	c := credential{variable: "GITLAB_TOKEN", header: "PRIVATE-TOKEN", token: env("GITLAB_TOKEN")}
	if c.token == "" {
		c = credential{variable: "CI_JOB_TOKEN", header: "JOB-TOKEN", token: env("CI_JOB_TOKEN")}
	}
	c.value = c.token
	made, err := connect(job.Forge, "CI_API_V4_URL", env("CI_API_V4_URL"), c, o)
	if err != nil || made == nil {
		return job, err
	}
	if project == "" {
		return job, errors.New("CI_PROJECT_ID is empty; run this in a GitLab CI job, or set it")
	}
	g := &gitLab{client: made, project: project, number: job.Number, onlyReads: c.variable == "CI_JOB_TOKEN"}
	if at := env("CI_MERGE_REQUEST_PROJECT_URL"); at != "" {
		g.page = at + "/-/merge_requests/" + strconv.Itoa(job.Number)
	}
	job.calls, job.pages = made, g
	return job, nil
}

// gitLab keeps notes at a merge request.
type gitLab struct {
	*client
	project   string // its number or its path
	number    int
	page      string // of the merge request; "" where unknown
	onlyReads bool   // the token is the job's
}

// gitLabNote is a note, as far as it matters here.
type gitLabNote struct {
	ID     int64
	Body   string
	System bool // what GitLab itself says
	Author struct{ ID int64 }
}

func (g *gitLab) notes(query url.Values, parts ...string) *url.URL {
	return g.path(query, append([]string{"projects", g.project, "merge_requests", strconv.Itoa(g.number), "notes"}, parts...)...)
}

func (g *gitLab) list(ctx context.Context, mark string) ([]comment, error) {
	const act = "reading the notes of the merge request"
	if g.onlyReads {
		return nil, &noWriteError{}
	}
	var marked []gitLabNote
	at := g.notes(url.Values{"per_page": {perPage}, "order_by": {"created_at"}, "sort": {"asc"}})
	err := each(ctx, g.client, call{act: act, at: at}, func(page []gitLabNote) bool {
		for _, n := range page {
			if !n.System && begins(n.Body, mark) {
				marked = append(marked, n)
			}
		}
		return true
	})
	if err != nil || len(marked) == 0 {
		return nil, err
	}
	// Anybody can begin a note with the mark; only our own are ours to change.
	var me struct{ ID int64 }
	if _, err := g.json(ctx, call{act: "looking up the token's user", method: http.MethodGet, at: g.path(nil, "user")}, &me); err != nil {
		return nil, err
	}
	var own []comment
	for _, n := range marked {
		if n.Author.ID == me.ID {
			own = append(own, g.comment(n))
		}
	}
	slices.SortFunc(own, func(a, b comment) int { return cmp.Compare(a.id, b.id) })
	return own, nil
}

func (g *gitLab) comment(n gitLabNote) comment {
	c := comment{id: n.ID, body: n.Body}
	if g.page != "" {
		c.url = g.page + "#note_" + strconv.FormatInt(n.ID, 10)
	}
	return c
}

func (g *gitLab) create(ctx context.Context, body string) (comment, error) {
	return g.write(ctx, call{act: "commenting on the merge request", method: http.MethodPost, at: g.notes(nil)}, body)
}

func (g *gitLab) update(ctx context.Context, id int64, body string) (comment, error) {
	at := g.notes(nil, strconv.FormatInt(id, 10))
	return g.write(ctx, call{act: "updating the note on the merge request", method: http.MethodPut, at: at}, body)
}

func (g *gitLab) write(ctx context.Context, what call, body string) (comment, error) {
	var made gitLabNote
	what.in = map[string]string{"body": body}
	_, err := g.json(ctx, what, &made)
	return g.comment(made), err
}

func (g *gitLab) remove(ctx context.Context, id int64) error {
	at := g.notes(nil, strconv.FormatInt(id, 10))
	_, err := g.json(ctx, call{act: "removing a duplicate note", method: http.MethodDelete, at: at}, nil)
	return err
}

// noWriteError says that a job's token writes no notes, before it is tried.
type noWriteError struct{}

func (*noWriteError) Error() string {
	return "a GitLab job's own token can read notes but not write them; pass a project access token with the scope api as GITLAB_TOKEN"
}

func (*noWriteError) Is(target error) bool { return target == ErrRights }
