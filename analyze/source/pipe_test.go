//go:build unix

package source

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAPipeWithoutAWriter: whoever opens a named pipe that nobody writes to is
// told what is waited for, and may give up; a writer that comes late is heard.
func TestAPipeWithoutAWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pi\x1bpe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var told string
	_, err := Open(ctx, path, Options{Waiting: func(what string) { told = what; cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if !strings.Contains(told, `a program that writes into`) || !strings.Contains(told, `pi\x1bpe`) {
		t.Errorf("it waits for %q", told)
	}
	written := make(chan error, 1)
	img, err := Open(t.Context(), path, Options{Waiting: func(string) {
		go func() { written <- os.WriteFile(path, sample().OCI().Tar(), 0) }()
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	if _, err := readStream(img); err != nil {
		t.Error(err)
	}
	if img.ID != sample().ID().String() {
		t.Errorf("the image is %s", img.ID)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}
