package source

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	// patience is how long a registry may send next to nothing in the middle of
	// an answer. The time that the reader takes between two reads does not count.
	patience = 30 * time.Second
	// trickle is what counts as next to nothing, in bytes.
	trickle = 4 << 10
)

const (
	// errorPatience is the same for the body of an answer that is no success: its
	// status is known, and the body only says more of it.
	errorPatience = 5 * time.Second
	// drainPatience is how long the rest of a body may take that nobody wants to read.
	drainPatience = time.Second
)

// errStalled marks a transfer that was given up.
var errStalled = errors.New("stalled")

// impatientBody ends a transfer that has stalled, or that comes in a trickle.
type impatientBody struct {
	io.ReadCloser
	ctx      context.Context
	stop     context.CancelCauseFunc
	timer    *time.Timer
	patience time.Duration
	waited   time.Duration // for the bytes in got
	got      int64
	failed   error // what ended it
}

// stallGuard gives every answer an impatient body: those of blobs and manifests,
// of errors, of redirects and of token services. It is an http.RoundTripper and
// safe for concurrent use. An answer that does not begin is for the transport
// below to give up.
type stallGuard struct {
	inner    http.RoundTripper
	patience time.Duration
}

func (g *stallGuard) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, stop := context.WithCancelCause(request.Context())
	answer, err := g.inner.RoundTrip(request.WithContext(ctx))
	if err != nil {
		stop(nil)
		return nil, err
	}
	wait := g.patience
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		wait = min(wait, drainPatience) // the client reads it only to use the connection again
	}
	answer.Body = impatient(ctx, answer.Body, stop, wait)
	return answer, nil
}

// impatient guards the body of an answer whose request was made with ctx; stop
// cancels it. Closing the body releases the context.
func impatient(ctx context.Context, body io.ReadCloser, stop context.CancelCauseFunc, patience time.Duration) io.ReadCloser {
	b := &impatientBody{ReadCloser: body, ctx: ctx, stop: stop, patience: patience}
	b.timer = time.AfterFunc(patience, func() { stop(b.stalled()) })
	b.timer.Stop()
	return b
}

func (b *impatientBody) stalled() error { return stalledFor(b.patience) }

func stalledFor(patience time.Duration) error {
	return &problem{what: "the registry has sent nothing for " + patience.String() + ", or next to nothing", next: "check the network and try again", cause: errStalled}
}

func (b *impatientBody) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	start := time.Now()
	b.timer.Reset(b.patience)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	b.waited += time.Since(start)
	b.got += int64(n)
	if b.got >= trickle {
		b.waited, b.got = 0, 0
	}
	if err == nil && b.waited > b.patience {
		b.failed = b.stalled()
		err = b.failed
	}
	if err != nil && err != io.EOF && b.ctx.Err() != nil {
		err = context.Cause(b.ctx)
	}
	return n, err
}

func (b *impatientBody) Close() error {
	b.timer.Stop()
	err := b.ReadCloser.Close()
	b.stop(nil)
	return err
}

// hurry shortens how long a body may stall from now on.
func hurry(body io.ReadCloser, patience time.Duration) {
	if b, ok := body.(*impatientBody); ok {
		b.patience = min(b.patience, patience)
	}
}

// drain reads what is left of a small body, so that the connection can be used
// again, and closes it. A body that is long or slow costs the connection instead.
func drain(body io.ReadCloser) {
	hurry(body, drainPatience)
	_, _ = io.CopyN(io.Discard, body, maxRefusal)
	body.Close()
}

// countedBody counts the bytes that are read.
type countedBody struct {
	io.ReadCloser
	read *atomic.Int64
}

func (c *countedBody) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.read.Add(int64(n))
	return n, err
}
