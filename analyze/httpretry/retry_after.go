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
	"net"
	"net/http"
	"strconv"
	"time"
)

// After reads Retry-After (RFC 9110, section 10.2.3), which is a number of seconds or a
// date. It reports false where the header is missing or is neither. A date that has
// passed gives 0.
func After(header http.Header, now time.Time) (time.Duration, bool) {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0), true
	}
	return 0, false
}

// Sleep waits, or returns the context's cause as soon as that is cancelled.
func Sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Cause returns the text of what broke a connection, without the method and address that
// net/http and package net put before it: "connection refused".
func Cause(err error) string {
	var network *net.OpError
	if errors.As(err, &network) {
		err = network
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
