package forge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze/httpretry"
)

const (
	// maxTries is how often a request is made that can be made again.
	maxTries = 4
	// firstPause is waited before the second try; each further pause is twice as long.
	firstPause = time.Second
	// maxWait is how long all waits of a job may add up to, by default. GitHub asks
	// for a minute where it does not say how long.
	maxWait = 2 * time.Minute
	// timeout is what one request may take, by default. GitHub ends its own after ten
	// seconds, GitLab after sixty.
	timeout = 75 * time.Second
	// maxSlow is how many requests that take as long as they may a job waits for, all
	// waits between them aside: an API that answers every page of a long list in the last
	// moment holds a pipeline up for hours.
	maxSlow = 10
	// maxAnswer bounds an answer of JSON: a hundred of the longest comments.
	maxAnswer = 128 << 20
	// maxRedirects is how many redirects one request follows.
	maxRedirects = 5
)

// client makes requests to one API. It is for one goroutine.
type client struct {
	forge string // its name for people
	api   *url.URL
	credential
	headers  map[string]string
	inner    http.RoundTripper
	sleep    func(context.Context, time.Duration) error
	waitLeft time.Duration // what is left of it
	timeout  time.Duration
	timeLeft time.Duration // what all requests of the job may still take
}

func newClient(forge string, api *url.URL, c credential, o Options) *client {
	made := &client{forge: forge, api: api, credential: c, headers: map[string]string{}, inner: o.Transport, sleep: o.Sleep, waitLeft: o.MaxWait, timeout: o.Timeout}
	if made.inner == nil {
		made.inner = http.DefaultTransport
	}
	if made.sleep == nil {
		made.sleep = httpretry.Sleep
	}
	if made.waitLeft == 0 {
		made.waitLeft = maxWait
	}
	if made.timeout == 0 {
		made.timeout = timeout
	}
	made.timeLeft = maxSlow * made.timeout
	return made
}

// call is one request to the API. act says for people what it is for.
type call struct {
	act    string
	cure   string // what to do where the token has no right to it; "" for a comment's
	method string
	at     *url.URL
	in     any  // sent as JSON; nil for nothing
	long   bool // a file comes back, which may take its time
}

// path returns the address of something below the API's root. Its parts are
// escaped; the query has what it says.
func (c *client) path(query url.Values, parts ...string) *url.URL {
	at := *c.api
	at.Path, at.RawPath = "", ""
	escaped := make([]string, len(parts))
	for i, part := range parts {
		escaped[i] = url.PathEscape(part)
	}
	tail := "/" + strings.Join(escaped, "/")
	at.RawPath = c.api.EscapedPath() + tail
	at.Path, _ = url.PathUnescape(at.RawPath)
	at.RawQuery = query.Encode()
	return &at
}

// json makes a call and decodes the answer into out, nil for an answer that nobody
// needs. It returns the answer's headers.
func (c *client) json(ctx context.Context, what call, out any) (http.Header, error) {
	var headers http.Header
	err := c.try(ctx, what, func(answer *http.Response) error {
		headers = answer.Header
		if out == nil || answer.StatusCode == http.StatusNoContent {
			return nil
		}
		body := &io.LimitedReader{R: answer.Body, N: maxAnswer}
		text, err := io.ReadAll(body)
		switch {
		case err != nil:
			return c.unanswered(what.act, err, false)
		case body.N <= 0:
			return &brokenError{act: what.act, forge: c.forge, what: "sends more than any answer should hold"}
		}
		if err := json.Unmarshal(text, out); err != nil {
			return &brokenError{act: what.act, forge: c.forge, what: "answers with something other than the documented JSON"}
		}
		return nil
	})
	return headers, err
}

// try makes a call until it succeeds, its failure will not pass, or nobody wants to
// wait longer. read takes the answer of a success.
func (c *client) try(ctx context.Context, what call, read func(*http.Response) error) error {
	for n := 1; ; n++ {
		err := c.once(ctx, what, read)
		if err == nil || ctx.Err() != nil {
			return err
		}
		pause, ok := c.pause(err, n, what.method)
		if !ok || c.timeLeft <= 0 {
			return err
		}
		c.waitLeft -= pause
		if err := c.sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// pause reports whether a failure may pass, and how long to wait for that.
// Whatever made something is not made again: the caller has to look first.
func (c *client) pause(err error, tries int, method string) (time.Duration, bool) {
	if tries >= maxTries {
		return 0, false
	}
	pause := firstPause << (tries - 1)
	var refused *refusedError
	var broken *brokenError
	switch {
	case errors.As(err, &refused) && refused.limited:
		pause = max(refused.wait, pause)
	case method == http.MethodPost:
		return 0, false
	case errors.As(err, &refused) && refused.status >= 500:
		pause = max(refused.wait, pause)
	case errors.As(err, &broken) && !neverCame(err):
	default:
		return 0, false
	}
	return pause, pause <= c.waitLeft
}

// neverCame reports whether an error is a connection that did not come about: whoever
// is not there is not asked again.
func neverCame(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial"
}

// once makes a call, with the redirects that it meets.
func (c *client) once(ctx context.Context, what call, read func(*http.Response) error) error {
	most := c.timeout
	if what.long {
		most *= 8
	}
	limited, cancel := context.WithTimeout(ctx, min(most, c.timeLeft))
	defer cancel()
	defer func(start time.Time) { c.timeLeft -= time.Since(start) }(time.Now())
	at := what.at
	for range maxRedirects + 1 {
		answer, err := c.send(limited, what, at)
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return c.unanswered(what.act, err, limited.Err() != nil)
		}
		if to := answer.Header.Get("Location"); answer.StatusCode >= 300 && answer.StatusCode < 400 && to != "" {
			answer.Body.Close()
			if at, err = c.redirected(&what, at, to, answer.StatusCode); err != nil {
				return err
			}
			continue
		}
		defer answer.Body.Close()
		if answer.StatusCode < 200 || answer.StatusCode > 299 {
			return c.refusal(what, answer)
		}
		err = read(answer)
		if limited.Err() != nil && ctx.Err() == nil && err != nil {
			return c.unanswered(what.act, err, true)
		}
		return err
	}
	return &brokenError{act: what.act, forge: c.forge, what: "redirects in a loop"}
}

// send makes one request. The token goes along only to the API's own host.
func (c *client) send(ctx context.Context, what call, at *url.URL) (*http.Response, error) {
	var body io.Reader
	if what.in != nil {
		text, err := json.Marshal(what.in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, what.method, at.String(), body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "tare")
	if what.in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.owns(at) {
		for name, value := range c.headers {
			request.Header.Set(name, value)
		}
		request.Header.Set(c.header, c.value)
	}
	return c.inner.RoundTrip(request)
}

// owns reports whether an address is at the API's host, so that the token may go
// there: the same scheme, name and port, or the same name over TLS.
func (c *client) owns(at *url.URL) bool {
	if at.User != nil || !strings.EqualFold(at.Hostname(), c.api.Hostname()) {
		return false
	}
	return at.Scheme == c.api.Scheme && at.Port() == c.api.Port() || c.api.Scheme == "http" && at.Scheme == "https"
}

// redirected is where a redirect leads. Another host is told nothing but what to
// send: neither the token nor a comment.
func (c *client) redirected(what *call, from *url.URL, to string, status int) (*url.URL, error) {
	at, err := from.Parse(to)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, &brokenError{act: what.act, forge: c.forge, what: "redirects to an invalid address"}
	}
	if at.Scheme == "http" && from.Scheme == "https" {
		return nil, &brokenError{act: what.act, forge: c.forge, what: fmt.Sprintf("redirects from https to http (%s), which tare does not follow", c.clean(at.Host))}
	}
	if status == http.StatusSeeOther {
		what.method, what.in = http.MethodGet, nil
	}
	if what.method != http.MethodGet && !c.owns(at) {
		return nil, &brokenError{act: what.act, forge: c.forge, what: fmt.Sprintf("redirects to another host (%s), which tare does not follow", c.clean(at.Host))}
	}
	return at, nil
}
