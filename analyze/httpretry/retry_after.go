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
