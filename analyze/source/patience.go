package source

import (
	"context"
	"errors"
	"io"
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

// errStalled marks a transfer that was given up.
var errStalled = errors.New("stalled")

// impatientBody ends a transfer that has stalled, or that comes in a trickle,
// and counts what comes.
type impatientBody struct {
	io.ReadCloser
	ctx      context.Context
	stop     context.CancelCauseFunc
	timer    *time.Timer
	patience time.Duration
	waited   time.Duration // for the bytes in got
	got      int64
	failed   error // what ended it
	fetched  *atomic.Int64
}

// impatient guards the body of an answer whose request was made with ctx; stop
// cancels it. Closing the body releases the context. fetched counts its bytes.
func impatient(ctx context.Context, body io.ReadCloser, stop context.CancelCauseFunc, patience time.Duration, fetched *atomic.Int64) io.ReadCloser {
	b := &impatientBody{ReadCloser: body, ctx: ctx, stop: stop, patience: patience, fetched: fetched}
	b.timer = time.AfterFunc(patience, func() { stop(b.stalled()) })
	b.timer.Stop()
	return b
}

func (b *impatientBody) stalled() error {
	return &problem{what: "the registry has sent nothing for " + b.patience.String() + ", or next to nothing", next: "check the network and try again", cause: errStalled}
}

func (b *impatientBody) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	start := time.Now()
	b.timer.Reset(b.patience)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	b.fetched.Add(int64(n))
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
