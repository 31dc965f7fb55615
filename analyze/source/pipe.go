package source

import (
	"context"
	"io/fs"
	"os"
	"time"
)

const (
	// writerWait is how long a named pipe may have no writer before somebody is told.
	writerWait = 2 * time.Second
	// silence is how long the first byte out of a pipe may take before somebody is
	// told. Engines gather a large image before they send it.
	silence = 30 * time.Second
)

// OpenFile opens a file for reading. Opening a named pipe waits for a program that
// writes into it: waiting, where not nil, is told so after some seconds, and the
// end of ctx ends the wait.
func OpenFile(ctx context.Context, path string, waiting func(what string)) (*os.File, error) {
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
	soon := time.NewTimer(writerWait)
	defer soon.Stop()
	for {
		select {
		case o := <-done:
			return o.file, o.err
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-soon.C:
			if waiting != nil {
				waiting("a program that writes into " + oneLine(path))
			}
		}
	}
}

// silent tells that the first byte of a pipe takes long.
func silent(waiting func(what string), pipe string) func() {
	return func() {
		if waiting != nil {
			waiting("the first byte from " + oneLine(pipe))
		}
	}
}
