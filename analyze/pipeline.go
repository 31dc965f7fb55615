package analyze

import (
	"context"
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/overlay"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/source"
)

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
		h.ignore, _ = ReadIgnoreFile(opt.Dockerfile, h.dockerfile.Bytes(), "") // one that cannot be read is edited by nobody
	}
	h.progress.phase(Opening)
	img, err := source.Open(ctx, reference, h.opt.Options)
	if err != nil {
		return nil, err
	}
	h.Image = img
	if opt.Dockerfile != "" && opt.DockerfileText == nil { // the file lies in a project
		name := ""
		if source.IsNamed(img) {
			name = img.Reference
		}
		h.neighbours = readNeighbours(ctx, opt.Dockerfile, name, h.dockerfile.LastBase())
		if needsBuildKit(h.dockerfile) { // then who builds it has it
			h.neighbours = slices.DeleteFunc(h.neighbours, func(n rules.Neighbour) bool { return n.Builder != "" })
		}
	}
	return h, nil
}

// begin makes an analysis that knows nothing of the image yet.
func (h *Handle) begin() *analysis {
	return &analysis{
		opt: h.opt, img: h.Image, dockerfile: h.dockerfile, ignore: h.ignore, neighbours: h.neighbours, progress: h.progress,
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
