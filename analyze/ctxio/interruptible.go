package ctxio

import (
	"context"
	"io"
	"time"
)

// chunkSize is how many bytes Interruptible reads at a time.
const chunkSize = 256 << 10

type chunk struct {
	data []byte
	err  error
}

// Interruptible returns a reader of r whose reads end with the context's error as
// soon as ctx is done. A read of a pipe cannot be stopped, so it happens on a
// goroutine of its own, which stays behind until the pipe says something or the
// program ends. late is called, on another goroutine, where the first byte has not
// come after wait. r must not be read by anybody else. The reader returned is for
// one goroutine at a time.
func Interruptible(ctx context.Context, r io.Reader, wait time.Duration, late func()) io.Reader {
	p := &pump{ctx: ctx, full: make(chan chunk), empty: make(chan []byte, 2)}
	first := time.AfterFunc(wait, late)
	p.empty <- make([]byte, chunkSize)
	p.empty <- make([]byte, chunkSize)
	go func() {
		defer first.Stop()
		for {
			var buffer []byte
			select {
			case buffer = <-p.empty:
			case <-ctx.Done():
				return
			}
			n, err := r.Read(buffer[:chunkSize])
			first.Stop()
			select {
			case p.full <- chunk{buffer[:n], err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

type pump struct {
	ctx         context.Context
	full        chan chunk
	empty       chan []byte
	whole, rest []byte
	err         error
}

func (p *pump) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	for len(p.rest) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		if p.whole != nil {
			p.empty <- p.whole
			p.whole = nil
		}
		select {
		case c := <-p.full:
			p.whole, p.rest, p.err = c.data, c.data, c.err
		case <-p.ctx.Done():
			return 0, p.ctx.Err()
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
