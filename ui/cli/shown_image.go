package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/viewer"
	"github.com/tare-oci/tare/ui/workspace"
)

// shownImage is the image that the interface shows. It stays open, so that looking
// into its files does not open it again. Its methods may be called at the same time.
type shownImage struct {
	space *workspace.Workspace

	ending context.Context // done when the interface has been left
	end    context.CancelFunc

	mu        sync.Mutex
	reference string          // what is read next
	handle    *analyze.Handle // nil until an image is analysed
	closed    bool
	contents  sync.WaitGroup // files that are open
}

// contentsTime is how long leaving the interface waits for files that are still open.
const contentsTime = time.Second

// newShownImage prepares the showing of an image, and the editing of its Dockerfile.
func newShownImage(reference string, f *flags, t terminal) *shownImage {
	s := &shownImage{reference: reference}
	s.ending, s.end = context.WithCancel(context.Background())
	lacks := "this needs the Dockerfile that built the image; pass it with -f Dockerfile"
	if sample, ok := strings.CutPrefix(reference, "demo:"); ok {
		lacks = fmt.Sprintf("this needs a file: tare demo %s --show-dockerfile > Dockerfile, then tare demo %s -f Dockerfile", sample, sample)
	}
	s.space = workspace.New(workspace.Options{
		Dockerfile: f.file, Command: f.build, Lacks: lacks, Built: s.built,
		Getenv: func(name string) string {
			value, _ := t.std.Getenv(name)
			return value
		},
	})
	return s
}

// next is the reference of the image to be read next.
func (s *shownImage) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reference
}

// built makes an image that was built the one to be read next.
func (s *shownImage) built(reference string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reference = reference
}

// analyze analyses the image to be read next, as it is now. It is the one shown from
// then on; where that fails, the one from before stays.
func (s *shownImage) analyze(ctx context.Context, options analyze.Options) (*model.Report, error) {
	options.NeedBuild = true // to ask the rules again
	if s.space.HasWritten() {
		options.Layers = new(analyze.Layers) // it may be read twice
	}
	handle, result, err := s.read(ctx, options)
	if err != nil {
		return nil, err
	}
	if text := s.space.Unwritten(result.Report); text != nil && !result.Report.Partial {
		options.DockerfileText = text
		again, unwritten, err := s.read(ctx, options)
		switch {
		case err != nil:
		case s.space.Again(unwritten, text):
			handle.Close()
			s.set(again)
			return unwritten.Report, nil
		default:
			again.Close()
		}
	}
	s.set(handle)
	s.space.Show(ctx, handle.Image, result)
	return result.Report, nil
}

// read opens and analyses the image to be read next.
func (s *shownImage) read(ctx context.Context, options analyze.Options) (*analyze.Handle, *analyze.Result, error) {
	handle, err := analyze.Open(ctx, s.next(), options)
	if err != nil {
		return nil, nil, err
	}
	result, err := handle.Analyze(ctx)
	if err != nil {
		handle.Close()
		return nil, nil, err
	}
	return handle, result, nil
}

// use takes the image that is shown now for reading files of it, until done is called or
// the image is closed, which ends the context that use returns.
func (s *shownImage) use(ctx context.Context) (context.Context, *analyze.Handle, func(), error) {
	s.mu.Lock()
	handle, closed := s.handle, s.closed
	if handle != nil && !closed {
		s.contents.Add(1)
	}
	s.mu.Unlock()
	switch {
	case closed:
		return nil, nil, nil, context.Canceled
	case handle == nil:
		return nil, nil, nil, errors.New("the image is still being read")
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.ending, cancel)
	return ctx, handle, sync.OnceFunc(func() {
		stop()
		cancel()
		s.contents.Done()
	}), nil
}

// content opens the bytes of a file version; see [analyze.Handle.Content].
func (s *shownImage) content(ctx context.Context, r *model.Report, cache *store.Store, id model.RecordID) (io.ReadCloser, error) {
	ctx, handle, done, err := s.use(ctx)
	if err != nil {
		return nil, err
	}
	content, err := handle.Content(ctx, r, cache, id)
	if err != nil {
		done()
		return nil, err
	}
	return &openContent{content, done}, nil
}

// openContent tells the image that a file was closed.
type openContent struct {
	io.ReadCloser
	closed func()
}

func (c *openContent) Close() error {
	defer c.closed()
	return c.ReadCloser.Close()
}

// close ends the reading of files, which may have a container in an engine that is to be
// removed, and closes the image.
func (s *shownImage) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	done := make(chan struct{})
	go func() {
		s.contents.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(contentsTime):
	}
	s.set(nil)
}

// opener opens files of the image for the interface.
func (s *shownImage) opener(f *flags, t terminal) viewer.OpenFile {
	return func(ctx context.Context, r *model.Report, id model.RecordID) (io.ReadCloser, error) {
		cache := f.cache(t.std)
		defer cache.Close()
		return s.content(ctx, r, cache, id)
	}
}

// openerOfMany opens many files of the image at once for the interface.
func (s *shownImage) openerOfMany(f *flags, t terminal) viewer.OpenFiles {
	return func(ctx context.Context, r *model.Report, ids []model.RecordID, do func(model.RecordID, io.Reader) error) error {
		ctx, handle, done, err := s.use(ctx)
		if err != nil {
			return err
		}
		defer done()
		cache := f.cache(t.std)
		defer cache.Close()
		return handle.Contents(ctx, r, cache, ids, do)
	}
}

func (s *shownImage) set(handle *analyze.Handle) {
	s.mu.Lock()
	before := s.handle
	s.handle = handle
	s.mu.Unlock()
	if before != nil {
		before.Close()
	}
}
