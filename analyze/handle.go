package analyze

import (
	"context"
	"fmt"
	"sync"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/overlay"
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
	progress   *progress
	asNamed    bool // the image that was analysed is the one that the engine had named

	mu     sync.Mutex
	users  int // contents that are open, and the owner until Close
	closed bool
}

// Open opens an image, and reads the Dockerfile that the user named. The events of
// opening and, later, of [Handle.Analyze] go to opt.Progress. The caller closes the
// handle. Cancelling ctx stops the opening and, where the image can only be streamed,
// the stream. Errors are those of [Analyze].
func Open(ctx context.Context, reference string, opt Options) (*Handle, error) {
	h := &Handle{reference: reference, opt: opt, progress: &progress{send: opt.Progress}, users: 1}
	tell := opt.Waiting
	h.opt.Waiting = func(what string) {
		h.progress.waits()
		if tell != nil {
			tell(what)
		}
	}
	if opt.Dockerfile != "" {
		var err error
		if opt.DockerfileText != nil {
			h.dockerfile, err = history.ParseDockerfile(opt.Dockerfile, opt.DockerfileText)
		} else {
			h.dockerfile, err = readDockerfile(ctx, opt.Dockerfile, h.opt.Waiting)
		}
		if err != nil {
			return nil, err
		}
		h.ignore, _ = ReadIgnoreFile(opt.Dockerfile) // one that cannot be read is edited by nobody
	}
	h.progress.phase(Opening)
	img, err := source.Open(ctx, reference, h.opt.Options)
	if err != nil {
		return nil, err
	}
	h.Image = img
	return h, nil
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

// begin makes an analysis that knows nothing of the image yet.
func (h *Handle) begin() *analysis {
	return &analysis{
		opt: h.opt, img: h.Image, dockerfile: h.dockerfile, ignore: h.ignore, progress: h.progress,
		stack: overlay.New(), budget: budget.New(h.opt.Memory),
	}
}

// Analyze analyses the image. It may be called once. See [Analyze] for what it returns
// when ctx is cancelled, and for its errors.
func (h *Handle) Analyze(ctx context.Context) (*Result, error) {
	a := h.begin()
	if h.Image.Stream == nil {
		if _, err := a.pods(); err != nil { // before layers are read for nothing
			return nil, err
		}
	}
	a.stack.Limit(a.budget)
	a.stack.Remember(rules.Wants)
	if h.opt.Contents {
		a.stack.DescribeContents()
	}
	stop := a.progress.start()
	defer stop()
	defer a.opt.Layers.Release()

	stored, err := a.read(ctx)
	h.asNamed = a.asNamed
	if ctx.Err() != nil {
		if a.report == nil {
			return nil, ctx.Err()
		}
		a.report.Partial = true
	} else if changed := a.img.Unchanged(); changed != nil {
		// Any other error is probably a consequence of the change.
		return nil, fmt.Errorf("%s: %w", a.img.Reference, changed)
	} else if err != nil {
		return nil, err
	}
	if stored != nil {
		return &Result{Report: stored, Transfer: a.transfer()}, nil
	}
	a.progress.phase(Judging)
	build, err := a.judge(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.img.Reference, err)
	}
	if err := a.img.Unchanged(); err != nil { // contents are compared up to now
		return nil, fmt.Errorf("%s: %w", a.img.Reference, err)
	}
	a.storeReport()
	return &Result{Report: a.report, Build: build, Transfer: a.transfer()}, nil
}
