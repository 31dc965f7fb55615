package ctxio

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// TestNewReader: a reader reads what there is, and nothing once its context is done.
func TestNewReader(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := NewReader(ctx, strings.NewReader("abc"))
	first := make([]byte, 1)
	if n, err := r.Read(first); n != 1 || err != nil || first[0] != 'a' {
		t.Fatalf("the first read: %d bytes %q, %v", n, first, err)
	}
	cancel()
	if n, err := r.Read(first); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("a read after the end: %d bytes, %v", n, err)
	}
}

// TestInterruptibleReads: whoever reads in whatever steps gets the content, and
// the error that ends it.
func TestInterruptibleReads(t *testing.T) {
	content := strings.Repeat("0123456789", 70_000)
	broken := errors.New("broken")
	r := Interruptible(t.Context(), io.MultiReader(iotest.HalfReader(strings.NewReader(content)), iotest.ErrReader(broken)), time.Hour, func() { t.Error("it is late") })
	got, err := io.ReadAll(iotest.HalfReader(r))
	if string(got) != content || !errors.Is(err, broken) {
		t.Errorf("%d bytes of %d, and %v", len(got), len(content), err)
	}
}

// TestInterruptibleEnds: a read that waits for a pipe ends with the context, and
// whoever waits for the first byte is told.
func TestInterruptibleEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	pipe, writer := io.Pipe()
	defer writer.Close()
	r := Interruptible(ctx, pipe, time.Millisecond, cancel) // late ends the wait
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("again: %d bytes, %v", n, err)
	}
}
