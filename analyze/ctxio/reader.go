// Package ctxio makes reading end with a context: io.Reader knows none.
//
// NewReader is for readers that return soon, such as files and decompressors: it
// looks at the context before each read. Interruptible is for readers that may
// wait for long, such as pipes: its reads end at once when the context does, at
// the price of a goroutine and two buffers.
package ctxio

import (
	"context"
	"io"
)

// reader looks at its context before each read.
type reader struct {
	ctx context.Context
	r   io.Reader
}

// NewReader returns a reader of r whose reads fail with the context's error once
// ctx is done. A read that has begun is not ended. As r, it is for one goroutine
// at a time.
func NewReader(ctx context.Context, r io.Reader) io.Reader { return &reader{ctx, r} }

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
