package cli

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// shownImage is the image that the interface shows. It stays open, so that looking
// into its files does not open it again. Its methods may be called at the same time.
type shownImage struct {
	mu     sync.Mutex
	handle *analyze.Handle // nil until an image is analysed
}

// analyze analyses the image that a reference names, as it is now. It is the one shown
// from then on; where that fails, the one from before stays.
func (s *shownImage) analyze(ctx context.Context, reference string, options analyze.Options) (*model.Report, error) {
	handle, err := analyze.Open(ctx, reference, options)
	if err != nil {
		return nil, err
	}
	result, err := handle.Analyze(ctx)
	if err != nil {
		handle.Close()
		return nil, err
	}
	s.set(handle)
	return result.Report, nil
}

// content opens the bytes of a file version; see [analyze.Handle.Content].
func (s *shownImage) content(ctx context.Context, r *model.Report, cache *store.Store, id model.RecordID) (io.ReadCloser, error) {
	s.mu.Lock()
	handle := s.handle
	s.mu.Unlock()
	if handle == nil {
		return nil, errors.New("the image is still being read")
	}
	return handle.Content(ctx, r, cache, id)
}

func (s *shownImage) close() { s.set(nil) }

func (s *shownImage) set(handle *analyze.Handle) {
	s.mu.Lock()
	before := s.handle
	s.handle = handle
	s.mu.Unlock()
	if before != nil {
		before.Close()
	}
}
