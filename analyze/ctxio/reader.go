// Package ctxio has readers that stop when a context is cancelled, which an io.Reader alone
// cannot do.
//
//	r := ctxio.NewReader(ctx, file)
//
// Use NewReader for readers that return soon, such as files and decompressors: it checks the
// context before each read. Use Interruptible for readers that may block for long, such as
// pipes: its reads return as soon as the context ends, at the price of a goroutine and two
// buffers.
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
