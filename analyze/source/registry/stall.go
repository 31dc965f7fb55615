package registry

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

const (
	// stallTimeout is how long a registry may send next to nothing in the middle of
	// an answer. The time that the reader takes between two reads does not count.
	stallTimeout = 30 * time.Second
	// minProgress is what counts as next to nothing, in bytes.
	minProgress = 4 << 10
)

const (
	// errorTimeout is the same for the body of an answer that is no success: its
	// status is known, and the body only says more of it.
	errorTimeout = 5 * time.Second
	// drainTimeout is how long the rest of a body may take that nobody wants to read.
	drainTimeout = time.Second
)

// errStalled marks a transfer that was given up.
var errStalled = errors.New("stalled")

// stallReader ends a transfer that has stalled, or that comes too slowly to be of use.
type stallReader struct {
	io.ReadCloser
	ctx     context.Context
	stop    context.CancelCauseFunc
	timer   *time.Timer
	timeout time.Duration
	waited  time.Duration // for the bytes in got
	got     int64
	failed  error // what ended it
}

// stallTransport gives every answer a stallReader for a body: those of blobs and manifests,
// of errors, of redirects and of token services. It is an http.RoundTripper and
// safe for concurrent use. An answer that does not begin is for the transport
// below to give up.
type stallTransport struct {
	inner   http.RoundTripper
	timeout time.Duration
}

func (g *stallTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, stop := context.WithCancelCause(request.Context())
	answer, err := g.inner.RoundTrip(request.WithContext(ctx))
	if err != nil {
		stop(nil)
		return nil, err
	}
	wait := g.timeout
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		wait = min(wait, drainTimeout) // the client reads it only to use the connection again
	}
	answer.Body = newStallReader(ctx, answer.Body, stop, wait)
	return answer, nil
}

// newStallReader guards the body of an answer whose request was made with ctx; stop
// cancels it. Closing the body releases the context.
func newStallReader(ctx context.Context, body io.ReadCloser, stop context.CancelCauseFunc, timeout time.Duration) io.ReadCloser {
	b := &stallReader{ReadCloser: body, ctx: ctx, stop: stop, timeout: timeout}
	b.timer = time.AfterFunc(timeout, func() { stop(b.stalled()) })
	b.timer.Stop()
	return b
}

func (b *stallReader) stalled() error { return stalledFor(b.timeout) }

func stalledFor(timeout time.Duration) error {
	return &usererror.Error{What: "the registry has sent almost nothing for " + timeout.String(), Next: "check the network and try again", Cause: errStalled}
}

func (b *stallReader) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	start := time.Now()
	b.timer.Reset(b.timeout)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	b.waited += time.Since(start)
	b.got += int64(n)
	if b.got >= minProgress {
		b.waited, b.got = 0, 0
	}
	if err == nil && b.waited > b.timeout {
		b.failed = b.stalled()
		err = b.failed
	}
	if err != nil && err != io.EOF && b.ctx.Err() != nil {
		err = context.Cause(b.ctx)
	}
	return n, err
}

func (b *stallReader) Close() error {
	b.timer.Stop()
	err := b.ReadCloser.Close()
	b.stop(nil)
	return err
}

// shorten shortens how long a body may stall from now on.
func shorten(body io.ReadCloser, timeout time.Duration) {
	if b, ok := body.(*stallReader); ok {
		b.timeout = min(b.timeout, timeout)
	}
}

// drain reads what is left of a small body, so that the connection can be used
// again, and closes it. A body that is long or slow costs the connection instead.
func drain(body io.ReadCloser) {
	shorten(body, drainTimeout)
	_, _ = io.CopyN(io.Discard, body, maxRefusal)
	body.Close()
}

// countReader counts the bytes that are read.
type countReader struct {
	io.ReadCloser
	read *atomic.Int64
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.read.Add(int64(n))
	return n, err
}
