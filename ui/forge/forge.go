// Package forge talks to the host of a pull request: GitHub, or GitLab, which calls it a merge
// request. It keeps one comment on the pull request up to date, and fetches the report that an
// earlier run stored as an artifact.
//
//	job, err := forge.Find(os.LookupEnv, forge.Options{})
//	outcome, err := job.Keep(ctx, "tare", body)
//
// Find reads from the environment of a CI job where it is running and which token it has. A Job
// talks to one host only, the API that the environment names. The token goes there and nowhere
// else: a redirect to another host is followed without it, and only for reading. No error
// contains the token, whatever the server answers.
//
// The APIs are GitHub's REST API, version 2022-11-28 (issue comments, artifacts), and GitLab's, v4
// (merge request notes, job artifacts).
package forge

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Job is the CI job that this program runs in. It is for one goroutine.
type Job struct {
	Forge  string // "GitHub" or "GitLab", for people
	Number int    // of the pull request; 0 where the job has none
	Target string // branch that the pull request goes into; "" where unknown

	// Summary is the file that a job of GitHub Actions writes to what is shown of
	// its run; "" where there is none.
	Summary string

	calls  *client // nil where there is no token
	pages  pages
	number runNumber
}

// Request is what the forge calls what a branch is proposed with.
func (j *Job) Request() string {
	if j.Forge == "GitLab" {
		return "merge request"
	}
	return "pull request"
}

// pages are where the comments and the artifacts of a pull request are kept.
type pages interface {
	// list returns the comments of the pull request that begin with a mark and
	// that the token's owner wrote, the oldest first.
	list(ctx context.Context, mark string) ([]comment, error)
	create(ctx context.Context, body string) (comment, error)
	update(ctx context.Context, id int64, body string) (comment, error)
	remove(ctx context.Context, id int64) error
	// artifact fetches a report that an earlier run on the target branch kept.
	artifact(ctx context.Context, name, file, branch string) (Artifact, error)
}

// comment is one comment of a pull request.
type comment struct {
	id   int64
	body string
	url  string // for a browser; "" where unknown
}

// Options are what a caller may say of how to ask. The zero value is what a
// program wants.
type Options struct {
	// Number is the pull request, where the environment does not tell it.
	Number int
	// Insecure are hosts to which a token may go without TLS.
	Insecure []string
	// Transport makes the requests; nil is http.DefaultTransport.
	Transport http.RoundTripper
	// Sleep waits between tries; nil is a timer. MaxWait is how long all waits of
	// one job may add up to, and Timeout what one request may take; 0 is a default.
	Sleep            func(context.Context, time.Duration) error
	MaxWait, Timeout time.Duration
}

// Find returns the job that the environment describes, nil where this is no job of
// GitHub Actions or GitLab CI. An error is about an environment that contradicts
// itself.
func Find(getenv func(string) (string, bool), o Options) (*Job, error) {
	env := func(name string) string { value, _ := getenv(name); return strings.TrimSpace(value) }
	switch {
	case env("GITHUB_ACTIONS") == "true":
		return findGitHub(env, o)
	case env("GITLAB_CI") == "true":
		return findGitLab(env, o)
	}
	return nil, nil
}

// connect makes the client of a job, nil where there is no token. variable names
// the one that the address came from.
func connect(forge, variable, address string, c credential, o Options) (*client, error) {
	if c.token == "" {
		return nil, nil
	}
	api, err := url.Parse(address)
	if err != nil || api.Host == "" || api.User != nil || api.Scheme != "https" && api.Scheme != "http" {
		return nil, fmt.Errorf("%s is %q, which is not the address of an API; set it to something like https://HOST/api", variable, address)
	}
	if api.Scheme == "http" && !isLoopback(api.Hostname()) && !allows(o.Insecure, api) {
		return nil, fmt.Errorf("%s is %s: the token would be sent unencrypted; use https, or allow it with --insecure %s", variable, address, api.Host)
	}
	if strings.ContainsFunc(c.token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, fmt.Errorf("%s holds a character that no token has; set it again, without spaces or line breaks", c.variable)
	}
	api.Path = strings.TrimSuffix(api.Path, "/")
	return newClient(forge, api, c, o), nil
}

// allows reports whether the settings name a host, with or without its port.
func allows(hosts []string, at *url.URL) bool {
	for _, host := range hosts {
		if strings.EqualFold(host, at.Host) || strings.EqualFold(host, at.Hostname()) {
			return true
		}
	}
	return false
}

// isLoopback reports whether a host is this machine, where nobody listens in.
func isLoopback(host string) bool {
	at, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && at.IsLoopback()
}

// credential is a token, and how the API takes it.
type credential struct {
	variable string // that holds it
	token    string
	header   string // its name
	value    string // with the token in it
}
