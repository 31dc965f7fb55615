package budget

import (
	"context"
	"sync"
)

// MaxWindow is the largest window that one decoder may hold: what zstd --ultra
// and --long ask for without more. All decoders of an image together hold no
// more than that either, beside small windows.
const MaxWindow = 128 << 20

// smallWindow is what a decoder may hold without asking: the zstd format
// recommends that every decoder supports 8 MiB, and few layers need more.
const smallWindow = 8 << 20

// window hands out room for the windows of decoders that work side by side.
type window struct {
	mu     sync.Mutex
	used   int64
	change chan struct{} // closed when room is given back
}

// Window waits until there is room for a decoder's window of n bytes and takes
// it. The caller gives it back by calling the function that is returned, once. A
// decoder must hold no room when it asks for more.
func (b *Budget) Window(ctx context.Context, n int64) (release func(), err error) {
	if b == nil || n <= smallWindow {
		return func() {}, nil
	}
	n = min(n, MaxWindow)
	for {
		wait := b.window.take(n)
		if wait == nil {
			break
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	release = func() {
		b.window.give(n)
		_ = b.Take(Memory, -n)
	}
	if err := b.Take(Memory, n); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// take takes room, or returns what is closed when there may be some.
func (w *window) take(n int64) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.used+n <= MaxWindow {
		w.used += n
		return nil
	}
	if w.change == nil {
		w.change = make(chan struct{})
	}
	return w.change
}

func (w *window) give(n int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.used -= n
	if w.change != nil {
		close(w.change)
		w.change = nil
	}
}
