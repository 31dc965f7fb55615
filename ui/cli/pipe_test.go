//go:build unix

package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/source/pipe"
)

// lines hands each write to whoever waits for it.
type lines chan string

func (l lines) Write(p []byte) (int, error) { l <- string(p); return len(p), nil }

// TestMain shortens the wait after which somebody is told what is waited for.
func TestMain(m *testing.M) {
	pipe.WriterWait = 50 * time.Millisecond
	os.Exit(m.Run())
}

// TestAPipeThatNobodyWritesTo: whatever command reads it, standard error says what
// is waited for, and a signal ends the wait.
func TestAPipeThatNobodyWritesTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	for _, args := range [][]string{{path}, {"-q", "-o", "json", path}, {"check", path}, {"fix", path}, {"compare", path, "demo:apt"}, {"-f", path, "demo:apt"}} {
		t.Run(strings.Join(args[:1], " "), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(context.Background())
			said, code := make(lines), make(chan int, 1)
			go func() {
				std := Streams{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: said, Getenv: func(string) (string, bool) { return "", false }}
				code <- Run(ctx, append([]string{"--no-cache"}, args...), std)
			}()
			if line := <-said; !strings.Contains(line, "waiting for a program that writes into "+path) {
				t.Errorf("it says %q", line)
			}
			cancel(Exit(ExitInterrupted))
			if got := <-code; got != ExitInterrupted {
				t.Errorf("exit code %d", got)
			}
		})
	}
}
