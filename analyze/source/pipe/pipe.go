// Package pipe opens and reads pipes, where the program at the other end writes whenever it
// likes, or never. Every wait ends with a context, and if it takes long, the caller is told what
// tare is waiting for.
//
//	f, err := pipe.Open(ctx, "/tmp/fifo", func(what string) { log.Print("waiting for ", what) })
package pipe

import (
	"context"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/tare-oci/tare/analyze/ctxio"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// WriterWait is how long a named pipe may have no writer before somebody is told. It is a
// variable for tests, here and of the commands, which would all wait that long.
var WriterWait = 2 * time.Second

// silence is how long the first byte out of a pipe may take before somebody is told.
// Engines gather a large image before they send it.
const silence = 30 * time.Second

// Open opens a file for reading. Opening a named pipe waits for a program that
// writes into it: waiting, where not nil, is told so after some seconds, and the
// end of ctx ends the wait.
func Open(ctx context.Context, path string, waiting func(what string)) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return os.Open(path)
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened)
	go func() {
		file, err := os.Open(path)
		select {
		case done <- opened{file, err}:
		case <-ctx.Done(): // nobody waits any more
			if err == nil {
				file.Close()
			}
		}
	}()
	soon := time.NewTimer(WriterWait)
	defer soon.Stop()
	for {
		select {
		case o := <-done:
			return o.file, o.err
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-soon.C:
			if waiting != nil {
				waiting("a program that writes into " + usererror.OneLine(path))
			}
		}
	}
}

// NewReader returns a reader of a pipe whose reads end when ctx does; waiting, where
// not nil, is told when the first byte takes long. name is what a user calls the
// pipe. See ctxio.Interruptible for what stays behind.
func NewReader(ctx context.Context, r io.Reader, name string, waiting func(what string)) io.Reader {
	return ctxio.Interruptible(ctx, r, silence, func() {
		if waiting != nil {
			waiting("the first byte from " + usererror.OneLine(name))
		}
	})
}
