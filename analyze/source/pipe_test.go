//go:build unix

package source_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestNobodyWritesToAPipe: whoever opens a named pipe that nobody writes to is told what
// is waited for, and may give up.
func TestNobodyWritesToAPipe(t *testing.T) {
	t.Parallel()
	path := fifo(t)
	ctx, cancel := context.WithCancel(t.Context())
	var told string
	_, err := source.Open(ctx, path, source.Options{Waiting: func(what string) { told = what; cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if !strings.Contains(told, `a program that writes into`) || !strings.Contains(told, `pi\x1bpe`) {
		t.Errorf("it waits for %q", told)
	}
}

// TestALateWriterIsHeard: a program that writes into a pipe after the wait was told of.
func TestALateWriterIsHeard(t *testing.T) {
	t.Parallel()
	path := fifo(t)
	written := make(chan error, 1)
	img, err := source.Open(t.Context(), path, source.Options{Waiting: func(string) {
		go func() { written <- os.WriteFile(path, sourcetest.Sample().OCI().Tar(), 0) }()
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	if _, err := sourcetest.ReadStream(img); err != nil {
		t.Error(err)
	}
	if img.ID != sourcetest.Sample().ID().String() {
		t.Errorf("the image is %s", img.ID)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pi\x1bpe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	return path
}
