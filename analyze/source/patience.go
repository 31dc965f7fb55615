package source

import (
	"context"
	"io"
	"time"
)

// patience is how long a registry may send nothing in the middle of an answer.
// The time that the reader takes between two reads does not count.
const patience = time.Minute

// impatientBody ends a transfer that has stalled.
type impatientBody struct {
	io.ReadCloser
	ctx   context.Context
	stop  context.CancelCauseFunc
	timer *time.Timer
}

// impatient guards the body of an answer whose request was made with ctx; stop
// cancels it. Closing the body releases the context.
func impatient(ctx context.Context, body io.ReadCloser, stop context.CancelCauseFunc) io.ReadCloser {
	timer := time.AfterFunc(patience, func() {
		stop(&problem{what: "the registry has sent nothing for " + patience.String(), next: "check the network and try again"})
	})
	timer.Stop()
	return &impatientBody{ReadCloser: body, ctx: ctx, stop: stop, timer: timer}
}

func (b *impatientBody) Read(p []byte) (int, error) {
	b.timer.Reset(patience)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
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
