// Package httpretry repeats HTTP requests that a server turned away for the moment: 429 with
// Retry-After, server errors, connections that broke.
//
//	client := &http.Client{Transport: &httpretry.Transport{Inner: http.DefaultTransport, Drain: drain}}
//
// The client for registries uses [Transport] as it is. The clients for GitHub and GitLab decide by
// themselves what is worth another try, because some of their requests create something and must
// not be made twice; they take the parts: how long the server wants them to wait ([After]), a wait
// that ends with a context ([Sleep]), and a short text for what broke the connection ([Cause]).
//
// The package keeps no state and is safe for concurrent use.
package httpretry

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"syscall"
	"time"
)

const (
	// MaxTries is how often a [Transport] makes a request before its failure counts.
	MaxTries = 5
	// maxPause is the longest that a server may ask a [Transport] to wait. A caller that
	// would have to wait longer gets the answer at once.
	maxPause = 20 * time.Second
)

// FirstPause is waited before the second try; each further pause is twice as long. It is a
// variable only for tests, which set it once, before any request, so as not to wait.
var FirstPause = 300 * time.Millisecond

// Transport repeats a request if the answer says that another try may succeed: 429 (too many
// requests), 408, a server error, or a connection that broke before the answer. It waits as long
// as Retry-After says, else for [Backoff]. Cancelling the request's context ends a wait. It is an
// http.RoundTripper and safe for concurrent use.
//
// A request whose context is from [Once] is made once.
//
// go-containerregistry has such a transport, too, but its pauses cannot be cancelled, and it does
// not read Retry-After.
type Transport struct {
	Inner http.RoundTripper
	// Drain reads what is left of an answer's body that nobody wants, so that the connection can
	// be used again, and closes it.
	Drain func(io.ReadCloser)
}

// RoundTrip implements http.RoundTripper. An answer that is returned has its body open.
func (p *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	for try := 1; ; try++ {
		answer, err := p.Inner.RoundTrip(request)
		wait := Backoff(try)
		if err == nil {
			var soon bool
			if wait, soon = pauseAfter(answer, wait); !soon {
				return answer, nil
			}
		} else if !Broken(err) {
			return nil, err
		}
		again, ok := Rewind(request)
		if try == MaxTries || !ok || once(request.Context()) {
			return answer, err
		}
		if answer != nil {
			p.Drain(answer.Body)
		}
		if err := Sleep(request.Context(), wait); err != nil {
			return nil, err
		}
		request = again
	}
}

type onceKey struct{}

// Once returns a context for requests that a [Transport] must not repeat, since the server may have
// done a part of what they ask.
func Once(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

func once(ctx context.Context) bool { return ctx.Value(onceKey{}) != nil }

// pauseAfter reports whether an answer invites another try, and how long to wait before it.
func pauseAfter(answer *http.Response, otherwise time.Duration) (wait time.Duration, soon bool) {
	if !Passing(answer.StatusCode) {
		return 0, false
	}
	wait, ok := After(answer.Header, time.Now())
	if !ok {
		wait = otherwise
	}
	return wait, wait <= maxPause
}

// Passing reports whether an answer's status says that another try may succeed.
func Passing(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// Broken reports whether an error is a connection that ended. A connection that could not be made
// at all is not worth another try: that server is not there.
func Broken(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return false
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED)
}

// Rewind returns a request as it was before it was made. It reports false if the request's body
// cannot be read a second time.
func Rewind(request *http.Request) (again *http.Request, ok bool) {
	if request.Body == nil || request.Body == http.NoBody {
		return request, true
	}
	if request.GetBody == nil {
		return nil, false
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, false
	}
	again = request.Clone(request.Context())
	again.Body = body
	return again, true
}

// Backoff returns how long to wait after so many failed tries, counted from 1. Each wait is twice
// the one before, plus a random part, so that many programs do not come back at the same moment.
func Backoff(tries int) time.Duration {
	pause := FirstPause << (tries - 1)
	return pause + rand.N(pause/4)
}
