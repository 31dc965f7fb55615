package source

import (
	"context"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// openStdin reads an archive from standard input.
func openStdin(ctx context.Context, img *Image, opt Options) error {
	in := opt.Stdin
	if in == nil {
		in = os.Stdin
	}
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return &problem{what: "standard input is a terminal", next: "pipe an archive into it, as in docker save IMAGE | tare -"}
	}
	img.Source = viaStdin
	startStream(interruptible(ctx, in, opt.silent("standard input")), formats{where: "FILE"}, "", img, opt, 0).pipe = true
	return nil
}

// chunkSize is how much interruptible reads at a time.
const chunkSize = 256 << 10

type chunk struct {
	data []byte
	err  error
}

// interruptible makes reads end when the context does. A read of a pipe cannot
// be stopped, so it happens on a goroutine of its own, which stays behind until
// the pipe says something or the program ends. silent is called where the first
// byte takes long.
func interruptible(ctx context.Context, r io.Reader, silent func()) io.Reader {
	p := &pump{ctx: ctx, full: make(chan chunk), empty: make(chan []byte, 2)}
	first := time.AfterFunc(silence, silent)
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
