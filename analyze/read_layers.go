package analyze

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
)

// readLayers scans the layers of an image that can be read in any order, as many
// at a time as there are processors, the largest first, since the last one to
// end decides when all have. They are stacked in their own order, each as soon
// as the ones below it are.
func (a *analysis) readLayers(ctx context.Context) error {
	layers := a.img.Layers
	a.progress.phase(Reading)
	for _, l := range layers {
		a.progress.expect(l.Size)
	}
	// The same blob twice (as empty layers are) is read once. One that the image
	// analysed before has too, or that the cache knows, is not read at all.
	type result struct {
		layer int
		index *scan.Index
	}
	results := make(chan result, len(layers))
	a.opt.Layers.Retain(layers)
	first := make(map[string]int)
	same, uses := make([]int, len(layers)), make([]int, len(layers))
	var order []int
	for i, l := range layers {
		same[i], uses[i] = i, 1
		if key := identity(l); key != "" {
			if j, ok := first[key]; ok {
				same[i] = j
				uses[j]++
				a.progress.add(l.Size)
				continue
			}
			first[key] = i
		}
		if x := a.opt.Layers.Take(l, a.opt.Verify); x != nil {
			if err := a.admit(x); err != nil {
				return layerError(a.img, i, err)
			}
			results <- result{i, x}
			a.progress.add(l.Size)
			continue
		}
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(layers[y].Size, layers[x].Size) })

	// The layers that are still being scanned stop when one fails, and when a
	// layer cannot be stacked.
	stacking, stop := context.WithCancel(ctx)
	defer stop()
	g, scanning := errgroup.WithContext(stacking)
	g.SetLimit(runtime.GOMAXPROCS(0) + 1)
	opt := a.scanOptions()
	opt.Digests = a.byTOC()
	g.Go(func() error {
		// This goroutine hands out the work; it takes one place of the limit.
		for _, i := range order {
			g.Go(func() error {
				opt := opt
				// The layers still to come cannot keep the other processors busy for
				// as long as this one takes, so it is decoded in parallel.
				opt.Parallel = a.progress.left() < layers[i].Size*int64(runtime.GOMAXPROCS(0))
				x, err := a.loadLayer(scanning, layers[i], opt)
				if err != nil {
					return layerError(a.img, i, err)
				}
				select {
				case results <- result{i, x}:
				case <-scanning.Done():
				}
				return scanning.Err()
			})
		}
		return nil
	})
	done := make(chan error, 1)
	go func() {
		done <- g.Wait()
		close(results)
	}()

	indexes := make([]*scan.Index, len(layers))
	next := 0
	var failed error
	for r := range results {
		indexes[r.layer] = r.index
		a.opt.Layers.Put(r.index)
		a.done++
		for failed == nil && next < len(layers) && indexes[same[next]] != nil {
			at := same[next]
			if failed = a.add(ctx, next, indexes[at]); failed != nil {
				stop()
				break
			}
			next++
			if uses[at]--; uses[at] == 0 {
				a.release(indexes[at]) // the ledger holds what matters of it
				indexes[at] = nil
			}
		}
		a.progress.known(a.report, a.done)
	}
	if err := <-done; failed == nil {
		return err
	}
	return failed
}

// admit takes an index that is known without a scan into the image's budget.
func (a *analysis) admit(x *scan.Index) error {
	a.budget.Read(x.BlobSize)
	return a.budget.Take(budget.Memory, x.Memory())
}

// release returns the memory of an index that is no longer needed to the budget.
func (a *analysis) release(x *scan.Index) { _ = a.budget.Take(budget.Memory, -x.Memory()) }

// stackUp stacks layers that are known.
func (a *analysis) stackUp(ctx context.Context, indexes []*scan.Index) error {
	a.progress.phase(Reading)
	for i, x := range indexes {
		if err := a.admit(x); err != nil {
			return layerError(a.img, i, err)
		}
		if err := a.add(ctx, i, x); err != nil {
			return err
		}
		a.release(x)
		indexes[i] = nil
		a.done++
		a.progress.known(a.report, a.done)
	}
	return nil
}

// identity tells that two layers are the same blob: by digest or, where nobody
// names one, by where it lies in an archive. "" means that the blob cannot be told to be the same as any other.
func identity(l source.Layer) string {
	if l.Digest != "" {
		return l.Digest
	}
	if section, ok := l.At.(*io.SectionReader); ok {
		_, offset, size := section.Outer()
		return fmt.Sprintf("%d+%d", offset, size)
	}
	return ""
}

// readStream scans the blobs of an image that is sent once, in the order they
// come. Which of them are layers, and in which order, is known at the end.
func (a *analysis) readStream(ctx context.Context) error {
	a.progress.expect(a.img.Stream.Size())
	if a.img.Config != nil && len(a.img.Layers) > 0 {
		if err := a.describe(ctx); err != nil {
			return err
		}
	}
	a.progress.phase(Reading)
	if a.img.SnapshotKey() != "" {
		a.foretell(ctx)
		a.progress.phase(Packing)
	}
	type blob struct {
		index *scan.Index
		err   error
	}
	blobs := make(map[string]blob)
	opt := a.scanOptions()
	opt.HashBlob, opt.Parallel = a.opt.Store != nil && a.img.SnapshotKey() != "", true
	for {
		b, err := a.img.Stream.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		a.progress.arrives()
		// A blob that is no layer may look like one; only if the manifest names
		// it does its error count.
		x := a.opt.Layers.TakeBlob(b, a.opt.Verify)
		if x != nil {
			a.progress.add(b.Size)
			err = a.admit(x)
		} else if x, err = scan.Blob(ctx, b, opt); err == nil {
			if err = maskSecrets(x, a.budget); err == nil {
				a.opt.Layers.Put(x)
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if broken := a.budget.Broken(); broken != nil {
			return fmt.Errorf("%s: %s: %w; %s", a.img.Reference, b.Name, broken, beyondLimit)
		}
		blobs[b.Name] = blob{x, err}
		a.done++
		if a.report != nil {
			a.progress.known(a.report, a.done)
		}
	}
	a.report = nil // what an engine said beforehand was a preview
	if err := a.describe(ctx); err != nil {
		return err
	}
	a.fit = true
	uses := make(map[string]int)
	for _, l := range a.img.Layers {
		uses[l.Blob]++
	}
	for i, l := range a.img.Layers {
		b, ok := blobs[l.Blob]
		if !ok {
			return layerError(a.img, i, errMissing)
		}
		if b.err != nil {
			return layerError(a.img, i, b.err)
		}
		if err := b.index.CheckPromises(l, a.opt.Verify); err != nil {
			return layerError(a.img, i, err)
		}
		x := *b.index
		x.AsPushed = x.AsPushed || l.AsPushed
		if err := a.add(ctx, i, &x); err != nil {
			return err
		}
		a.progress.known(a.report, a.done)
		a.fit = a.fit && b.index.IsOf(l)
		a.storeSent(l, b.index)
		if uses[l.Blob]--; uses[l.Blob] == 0 {
			a.release(b.index)
			delete(blobs, l.Blob)
		}
	}
	if a.img.SnapshotKey() != "" {
		a.asNamed = a.img.AsInspected()
		a.confirm(ctx)
	}
	a.opt.Store.PutSnapshot(store.SnapshotKey(a.img.SnapshotKey()), a.img.Snapshot())
	return nil
}

// foretell tells what an engine says of the image before it sends it, so that there is
// something to look at meanwhile. Nothing of it goes into the final report, so what
// stands in its way is no error.
func (a *analysis) foretell(ctx context.Context) {
	img := a.img
	if img.Config == nil || len(img.Config.History) == 0 || len(img.Layers) > 0 {
		return
	}
	shown := *img
	for _, id := range img.Config.RootFS.DiffIDs {
		shown.Layers = append(shown.Layers, source.Layer{DiffID: id.String(), Size: -1})
	}
	a.img = &shown
	if a.describe(ctx) != nil {
		a.report = nil
	}
	a.img = img
}

// unusual is a note on a layer that is compressed as the image spec does not
// allow, though some engines read it; "" for others.
func unusual(x *scan.Index) string {
	with := map[string]string{scan.MediaXZ: "xz", scan.MediaBZ2: "bzip2"}[x.MediaType]
	if with == "" {
		return ""
	}
	return "it is compressed with " + with + ", which Docker and Podman unpack, but containerd and so most of Kubernetes do not"
}

// beyondLimit is what can be done about an image that passes a limit.
const beyondLimit = "tare does not read images beyond it"

var errMissing = errors.New("the archive does not hold it")

// layerError says which layer of which image an error is about, and what to do.
func layerError(img *source.Image, i int, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	what := fmt.Sprintf("layer %d", i)
	switch l := img.Layers[i]; {
	case l.Digest != "":
		what += " (" + l.Digest + ")"
	case l.DiffID != "":
		what += " (diff ID " + l.DiffID + ")"
	}
	if told := source.Advice(err); told != nil {
		return fmt.Errorf("%s: %s: %w", img.Reference, what, told)
	}
	var limit *scan.LimitError
	advice := "pull or save the image again"
	switch {
	case errors.As(err, &limit):
		advice = beyondLimit
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("it ends too early: %w", err)
	}
	return fmt.Errorf("%s: %s: %w; %s", img.Reference, what, err, advice)
}
