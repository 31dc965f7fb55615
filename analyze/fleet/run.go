package fleet

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

const (
	// openAtOnce is how many images are opened at the same time: registries count requests.
	openAtOnce = 4
	// judgeAtOnce is how many images are analysed at the same time, once their layers are in
	// the store: each takes the memory of an image.
	judgeAtOnce = 2
	// maxHeld is how many images stay open from the first step to the second, so that a
	// registry that counts manifests is asked for few.
	maxHeld = 64
)

// Options says how to look at a fleet.
type Options struct {
	// Analyze says how each image is analysed. Its Store is needed, except with Manifests; with
	// Verify it should be a new one, since what it holds is believed.
	Analyze analyze.Options
	// By is what makes a team: ByNamespace, ByRepository, or ByLabel and a key; "" is
	// ByNamespace.
	By string
	// Manifests ends after the first step: no layer is read.
	Manifests bool
	// Share is what of the layers and images is to be read. What it leaves is for other processes, and
	// for [Complete].
	Share Share
	// Described is called after the first step, with the part as it is then, which is valid
	// during the call only; nil for nobody.
	Described func(*Part)
	// Progress is told how far a step is; nil for nobody. Calls do not overlap.
	Progress func(Event)
}

// Event says how far a step is.
type Event struct {
	Step string // "manifests", "layers", "images", "bases"
	Done int
	All  int
	On   string // the image that has been worked on for longest, "" for none
}

// Run looks at images. An image that fails is noted in the part, with the reason; the error is the
// context's, or says that no image could be looked at because there is none.
func Run(ctx context.Context, refs []Ref, opt Options) (*Part, error) {
	if len(refs) == 0 {
		return nil, errors.New("there are no images to look at")
	}
	if opt.By == "" {
		opt.By = ByNamespace
	}
	if opt.Analyze.Store == nil && !opt.Manifests {
		return nil, errors.New("a fleet needs a store for the layers that it reads")
	}
	r := newRun(opt)
	defer r.close()
	if err := r.describeAll(ctx, refs); err != nil {
		return nil, err
	}
	if opt.Described != nil {
		opt.Described(r.part)
	}
	if opt.Manifests {
		return r.part, nil
	}
	r.part.Read = true
	if opt.Share.Of > 0 {
		return r.part, r.readShare(ctx)
	}
	if err := r.readAll(ctx); err != nil {
		return nil, err
	}
	return r.part, r.lookAtBases(ctx)
}

// run is one call of Run.
type run struct {
	opt    Options
	layers claims[store.Key]
	reads  chan struct{} // a place for each layer that is read
	judges chan struct{} // a place for each image that is analysed

	mu   sync.Mutex
	part *Part
	open map[string]*opened // by key
	keys []string           // of open, in the order in which the images were named
	done int
	on   []string // images that are worked on, in the order in which that began
}

// opened is how an image is opened again.
type opened struct {
	ref    Ref
	handle *analyze.Handle // nil where it was closed
}

func newRun(opt Options) *run {
	r := &run{opt: opt, part: New(opt.By), open: make(map[string]*opened), reads: make(chan struct{}, runtime.GOMAXPROCS(0)+2), judges: make(chan struct{}, judgeAtOnce)}
	r.opt.Analyze.IgnoreTOC, r.opt.Analyze.NoTree, r.opt.Analyze.Progress = true, true, nil
	return r
}

func (r *run) close() {
	for _, o := range r.open {
		if o.handle != nil {
			o.handle.Close()
		}
	}
}

// step tells how far a step is.
func (r *run) step(name string, all int) {
	if r.opt.Progress != nil {
		e := Event{Step: name, Done: r.done, All: all}
		if len(r.on) > 0 {
			e.On = r.on[0]
		}
		r.opt.Progress(e)
	}
}

// begin and end note that an image is worked on, and tell it.
func (r *run) begin(step string, all int, image string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = append(r.on, image)
	r.step(step, all)
}

func (r *run) end(step string, all int, image string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	if i := slices.Index(r.on, image); i >= 0 {
		r.on = slices.Delete(r.on, i, i+1)
	}
	r.step(step, all)
}

// nameOf is an image's first name.
func (r *run) nameOf(key string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.part.Images[key].References[0]
}

// each does something for each image, some at the same time. image names the one that is worked
// on. The error is the context's.
func each[T any](ctx context.Context, r *run, name string, all []T, image func(T) string, do func(T)) error {
	r.done = 0
	r.step(name, len(all))
	var g errgroup.Group
	g.SetLimit(openAtOnce)
	for _, one := range all {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			what := image(one)
			r.begin(name, len(all), what)
			defer r.end(name, len(all), what)
			if ctx.Err() == nil {
				do(one)
			}
			return nil
		})
	}
	_ = g.Wait()
	return context.Cause(ctx)
}

// describeAll is the first step.
func (r *run) describeAll(ctx context.Context, refs []Ref) error {
	keys := make([]string, len(refs))
	numbered := make([]int, len(refs))
	for i := range refs {
		numbered[i] = i
	}
	err := each(ctx, r, "manifests", numbered, func(i int) string { return Shown(refs[i].Name) }, func(i int) { keys[i] = r.describeOne(ctx, refs[i]) })
	if err != nil {
		return err
	}
	duplicates := r.part.duplicates()
	for i, key := range keys {
		// Of several names the first is used, whichever was answered first.
		if o := r.open[key]; o != nil && o.ref.Name == refs[i].Name && duplicates[key] == "" {
			r.keys = append(r.keys, key)
		}
	}
	return nil
}

// describeOne asks for manifest and config of an image. It returns the image's key, "" for
// one that fails.
func (r *run) describeOne(ctx context.Context, ref Ref) string {
	opt := r.opt.Analyze
	opt.RegistryFirst = !opt.Offline // a fleet is about what is pulled
	h, err := analyze.Open(ctx, ref.Name, opt)
	var report *model.Report
	if err == nil {
		if report, err = h.Describe(ctx); err != nil {
			h.Close()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		if ctx.Err() == nil {
			r.part.fail(ref, err)
		}
		return ""
	}
	key := r.part.describe(ref, h, report)
	o := &opened{ref: ref}
	if r.open[key] == nil {
		r.open[key] = o
	}
	if r.open[key] == o && len(r.open) <= maxHeld && h.Image.Fetched != nil && !r.opt.Analyze.Verify {
		o.handle = h
	} else {
		h.Close()
	}
	return key
}

// handle opens an image for another step. The caller closes it.
func (r *run) handle(ctx context.Context, key string) (*analyze.Handle, error) {
	r.mu.Lock()
	o := r.open[key]
	h := o.handle
	o.handle = nil
	img := r.part.Images[key]
	r.mu.Unlock()
	if h == nil {
		name := o.ref.Name
		opt := r.opt.Analyze
		if img.Source == "registry" {
			opt.Verify = false // what a registry sends is hashed in any case
			if img.Digest != "" {
				name = byDigest(name, img.Digest)
			}
		}
		var err error
		if h, err = analyze.Open(ctx, name, opt); err != nil {
			return nil, err
		}
	}
	if img.Source == "registry" {
		h.Image.Reference = img.References[0] // so that errors do not depend on who opens it, and when
	}
	return h, nil
}

// putBack keeps an image open for another step, where few are.
func (r *run) putBack(key string, h *analyze.Handle) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o := r.open[key]; o.handle == nil && len(r.open) <= maxHeld {
		o.handle = h
		return
	}
	h.Close()
}

// byDigest is a reference to the very image that a name had when it was opened first.
func byDigest(reference, digest string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(reference, "registry:"), "@")
	if cut := strings.LastIndexByte(name, ':'); cut > strings.LastIndexByte(name, '/') {
		name = name[:cut]
	}
	return "registry:" + name + "@" + digest
}

// readAll is the second step.
func (r *run) readAll(ctx context.Context) error {
	return each(ctx, r, "images", r.keys, r.nameOf, func(key string) { r.judgeOne(ctx, key) })
}

// judgeOne reads an image and notes what its analysis found, or why there is none.
func (r *run) judgeOne(ctx context.Context, key string) {
	h, report, err := r.readOne(ctx, key)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case ctx.Err() != nil: // the report may be of what was read until then
	case err != nil:
		r.part.unread(key, err)
	default:
		r.part.judged(key, h, report)
	}
}

// readOne reads the layers of an image that no other image has read, waits for those that
// others read, and analyses the image.
func (r *run) readOne(ctx context.Context, key string) (*analyze.Handle, *model.Report, error) {
	h, err := r.handle(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	defer h.Close()
	g, reading := errgroup.WithContext(ctx)
	for i := range h.Image.Layers {
		if layer := h.LayerKey(i); layer != "" {
			g.Go(func() error {
				return r.layers.do(reading, layer, func() error {
					select {
					case r.reads <- struct{}{}:
					case <-reading.Done():
						return reading.Err()
					}
					defer func() { <-r.reads }()
					return h.ReadLayer(reading, i)
				})
			})
		}
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	r.judges <- struct{}{}
	defer func() { <-r.judges }()
	result, err := h.Analyze(ctx)
	if err != nil {
		return nil, nil, err
	}
	return h, result.Report, nil
}
