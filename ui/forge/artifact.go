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
// The error is ErrAbsent where there is none, or where the token may not see it.
func (j *Job) Artifact(ctx context.Context, spec string) (Artifact, error) {
	name, file, _ := strings.Cut(spec, "/")
	switch {
	case name == "":
		return Artifact{}, errors.New("write an artifact as artifact:NAME/FILE")
	case j.Target == "":
		return Artifact{}, &absentError{"the target branch is not known, so there is no last run on it"}
	case j.calls == nil:
		return Artifact{}, &absentError{"there is no token to fetch it"}
	}
	a, err := j.pages.artifact(ctx, name, file, j.Target)
	if err != nil && errors.Is(err, ErrRights) && !errors.Is(err, ErrAbsent) {
		return a, &absentError{err.Error()}
	}
	return a, err
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
	const act = "looking for the target branch's saved report"
	var newest *gitHubArtifact
	pages := 0
	at := g.repository(url.Values{"name": {name}, "per_page": {perPage}}, "actions", "artifacts")
	type list struct{ Artifacts []gitHubArtifact }
	err := each(ctx, g.client, act, at, func(page list) bool {
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
		return Artifact{}, err
	}
	if newest == nil {
		return Artifact{}, &absentError{fmt.Sprintf("no run on %s has an artifact %s that is still available", branch, name)}
	}
	packed, err := g.fetch(ctx, g.repository(nil, "actions", "artifacts", strconv.FormatInt(newest.ID, 10), "zip"))
	if err != nil {
		return Artifact{}, err
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
	report, err := g.fetch(ctx, g.path(url.Values{"job": {name}}, parts...))
	if err != nil {
		return Artifact{}, err
	}
	return Artifact{report, "the report saved by the last pipeline on " + branch}, nil
}

// fetch downloads a file to a temporary one.
func (c *client) fetch(ctx context.Context, at *url.URL) (name string, err error) {
	const act = "fetching the target branch's saved report"
	err = c.try(ctx, call{act: act, method: http.MethodGet, at: at, long: true}, func(answer *http.Response) error {
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
	for _, f := range z.File {
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
		return "", &absentError{"it does not hold " + cmp.Or(file, "a report")}
	}
	from, err := found.Open()
	if err != nil {
		return "", fmt.Errorf("tare cannot read %s (%w); save it again", file, err)
	}
	defer from.Close()
	name, _, err := temporary(from, maxUnpacked)
	return name, err
}
