package forge

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Artifact is a report that an earlier run kept.
type Artifact struct {
	File string // where it lies now; the caller removes it
	What string // which one it is, for people
}

const (
	// maxArtifact bounds what is fetched, and maxUnpacked the report in it.
	maxArtifact, maxUnpacked = 256 << 20, 1 << 30
	// maxListed is how many pages of artifacts are looked through for one of the
	// branch.
	maxListed = 10
)

// Artifact fetches the report that the last run on the target branch kept as
// NAME/FILE: on GitHub the artifact NAME and the file in it, which need not be named
// where it holds one report alone; on GitLab the job NAME and its artifact FILE.
//
// The error is ErrAbsent only where the API says that there is none. A token that may not see
// it is another failure: a gate that took that for a first report would pass whatever grew.
func (j *Job) Artifact(ctx context.Context, spec string) (Artifact, error) {
	name, file, _ := strings.Cut(spec, "/")
	switch {
	case name == "":
		return Artifact{}, errors.New("write an artifact as artifact:NAME/FILE")
	case j.Target == "":
		return Artifact{}, &absentError{"the target branch is not known, so there is no last run on it"}
	case j.calls == nil:
		return Artifact{}, fmt.Errorf("looking for the target branch's saved report: there is no token; set %s in the environment of the job's step", j.tokenVariable())
	}
	return j.pages.artifact(ctx, name, file, j.Target)
}

// tokenVariable is the variable that holds the token.
func (j *Job) tokenVariable() string {
	if j.Forge == "GitLab" {
		return "GITLAB_TOKEN"
	}
	return "GITHUB_TOKEN"
}

// hidden returns the error of a refusal that may be about rights, so that nobody takes it for
// an artifact that is not there. Whatever gone reports as absent stays so.
func hidden(err error, gone func(*refusedError) bool) error {
	var refused *refusedError
	if errors.As(err, &refused) && refused.Is(ErrRights) && !gone(refused) {
		return errors.New(refused.Error())
	}
	return err
}

// absentError says why something is not there.
type absentError struct{ why string }

func (e *absentError) Error() string { return e.why }

func (*absentError) Is(target error) bool { return target == ErrAbsent }

// gitHubArtifact is an artifact in GitHub's list.
type gitHubArtifact struct {
	ID        int64
	Name      string
	Expired   bool
	CreatedAt time.Time `json:"created_at"`
	Run       struct {
		ID             int64
		Branch         string `json:"head_branch"`
		SHA            string `json:"head_sha"`
		Repository     int64  `json:"repository_id"`
		HeadRepository int64  `json:"head_repository_id"`
	} `json:"workflow_run"`
}

func (g *gitHub) artifact(ctx context.Context, name, file, branch string) (Artifact, error) {
	const (
		act  = "looking for the target branch's saved report"
		cure = "give the job permissions: actions: read"
	)
	never := func(*refusedError) bool { return false } // GitHub answers 410 for what has expired
	var newest *gitHubArtifact
	pages := 0
	at := g.repository(url.Values{"name": {name}, "per_page": {perPage}}, "actions", "artifacts")
	type list struct{ Artifacts []gitHubArtifact }
	err := each(ctx, g.client, call{act: act, cure: cure, at: at}, func(page list) bool {
		for _, a := range page.Artifacts {
			// A fork may have a branch of that name, and anybody's code runs there.
			ours := a.Run.Branch == branch && a.Run.HeadRepository == a.Run.Repository
			if a.Name == name && ours && !a.Expired && (newest == nil || a.CreatedAt.After(newest.CreatedAt)) {
				newest = &a
			}
		}
		pages++
		return pages < maxListed
	})
	if err != nil {
		return Artifact{}, hidden(err, never)
	}
	if newest == nil {
		return Artifact{}, &absentError{fmt.Sprintf("no run on %s has an artifact %s that is still available", branch, name)}
	}
	packed, err := g.fetch(ctx, cure, g.repository(nil, "actions", "artifacts", strconv.FormatInt(newest.ID, 10), "zip"))
	if err != nil {
		return Artifact{}, hidden(err, never)
	}
	defer os.Remove(packed)
	report, err := unpack(packed, file)
	if err != nil {
		return Artifact{}, fmt.Errorf("the artifact %s: %w", name, err)
	}
	what := "the report saved by the run for " + shortSHA(newest.Run.SHA) + " on " + branch
	return Artifact{report, what}, nil
}

// shortSHA is a commit as people write it.
func shortSHA(sha string) string { return cmp.Or(sha[:min(len(sha), 7)], "an unknown commit") }

func (g *gitLab) artifact(ctx context.Context, name, file, branch string) (Artifact, error) {
	if file == "" {
		return Artifact{}, errors.New("write a GitLab artifact as artifact:JOB/FILE")
	}
	parts := append([]string{"projects", g.project, "jobs", "artifacts", branch, "raw"}, strings.Split(file, "/")...)
	const cure = "set GITLAB_TOKEN, with the scope api or read_api (a job's own token reads artifacts in Premium and Ultimate alone), or name another image before"
	report, err := g.fetch(ctx, cure, g.path(url.Values{"job": {name}}, parts...))
	if err != nil {
		// GitLab answers 404 for a file that is not there and for a project that the token may
		// not see, and tells them apart by its words.
		return Artifact{}, hidden(err, func(e *refusedError) bool {
			return e.status == http.StatusNotFound && !strings.Contains(strings.ToLower(e.said), "project")
		})
	}
	return Artifact{report, "the report saved by the last pipeline on " + branch}, nil
}

// fetch downloads a file to a temporary one. cure is what to do where the token has no right
// to it.
func (c *client) fetch(ctx context.Context, cure string, at *url.URL) (name string, err error) {
	const act = "fetching the target branch's saved report"
	err = c.try(ctx, call{act: act, cure: cure, method: http.MethodGet, at: at, long: true}, func(answer *http.Response) error {
		var n int64
		name, n, err = temporary(answer.Body, maxArtifact)
		var tooBig *tooBigError
		switch {
		case errors.As(err, &tooBig):
			return fmt.Errorf("%s: it is %w", act, err)
		case err != nil:
			return c.unanswered(act, err, false)
		case answer.ContentLength >= 0 && n != answer.ContentLength:
			os.Remove(name)
			return &brokenError{act: act, forge: c.forge, what: "sends less than it announces"}
		}
		return nil
	})
	return name, err
}

// tooBigError is about a file of which nobody needs as much.
type tooBigError struct{ most int64 }

func (e *tooBigError) Error() string { return fmt.Sprintf("larger than %d MB", e.most>>20) }

// temporary copies to a file of its own.
func temporary(from io.Reader, most int64) (name string, n int64, err error) {
	file, err := os.CreateTemp("", "tare-report-*.json")
	if err != nil {
		return "", 0, err
	}
	n, err = io.Copy(file, io.LimitReader(from, most+1))
	if err == nil && n > most {
		err = &tooBigError{most}
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(file.Name())
		return "", n, err
	}
	return file.Name(), n, nil
}

// unpack takes a report out of a zip: the named one, or the only one.
func unpack(packed, file string) (string, error) {
	z, err := zip.OpenReader(packed)
	if err != nil {
		return "", errors.New("GitHub did not send a zip file; save the report again")
	}
	defer z.Close()
	var found *zip.File
	var names []string
	for _, f := range z.File {
		if len(names) <= maxNames {
			names = append(names, f.Name)
		}
		isReport := file == "" && filepath.Ext(f.Name) == ".json" && !f.FileInfo().IsDir()
		if f.Name != file && !isReport {
			continue
		}
		if found != nil {
			return "", errors.New("it holds several reports; name one as artifact:NAME/FILE")
		}
		found = f
	}
	if found == nil {
		// The artifact is there, so this is a slip and no first report.
		return "", fmt.Errorf("it does not hold %s; %s", cmp.Or(file, "a report"), holds(names))
	}
	from, err := found.Open()
	if err != nil {
		return "", fmt.Errorf("tare cannot read %s (%w); save it again", file, err)
	}
	defer from.Close()
	name, _, err := temporary(from, maxUnpacked)
	return name, err
}

// maxNames is how many names of an artifact an error lists.
const maxNames = 8

// holds says what is in an artifact, and what to do about a name that is not.
func holds(names []string) string {
	more := ""
	switch {
	case len(names) == 0:
		return "it is empty; save the report again"
	case len(names) > maxNames:
		names, more = names[:maxNames], " …"
	}
	return "it holds " + strings.Join(names, ", ") + more + "; name the report as artifact:NAME/FILE"
}
