package analyze

import (
	"sync"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/source"
)

// Handle is an image that is open for everything that is done with it: one call of
// Analyze, then Content for as many files as the user looks into, and what package
// fix reads of Image. So the registry is asked once, and an archive's headers are
// read once.
//
// Content may be called by any number of goroutines at the same time.
type Handle struct {
	// Image is what the source opened. It belongs to the handle, which closes it.
	Image *source.Image

	reference  string
	opt        Options
	dockerfile *history.Dockerfile // that the user named, nil if none
	ignore     IgnoreFile          // beside it
	neighbours []rules.Neighbour   // in its project
	progress   *progress
	asNamed    bool // the image that was analysed is the one that the engine had named

	mu     sync.Mutex
	users  int // contents that are open, and the owner until Close
	closed bool
}

// Close closes the image, once the contents that are still open are closed, too.
// Closing again does nothing.
func (h *Handle) Close() error {
	h.mu.Lock()
	closed := h.closed
	h.closed = true
	h.mu.Unlock()
	if closed {
		return nil
	}
	return h.release()
}

// hold keeps the image open until release is called. It reports whether the handle is
// still open.
func (h *Handle) hold() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.users++
	return true
}

func (h *Handle) release() error {
	h.mu.Lock()
	h.users--
	last := h.users == 0
	h.mu.Unlock()
	if !last {
		return nil
	}
	return h.Image.Close()
}
