package analyze

import (
	"context"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/store"
)

// largeLayer is from how many bytes on a layer that is read by itself is decoded in
// parallel.
const largeLayer = 32 << 20

// LayerKey returns what the store keeps what is learnt of a layer under, so that images
// that share a layer can be told to. It is "" for a layer that is read together with its
// image only, as one of an engine, and where there is no store.
func (h *Handle) LayerKey(i int) store.Key {
	if h.opt.Store == nil || h.Image.Stream != nil {
		return ""
	}
	return store.LayerKey(h.Image.Layers[i])
}

// ReadLayer reads one layer into the store, unless that knows it. Analyze then takes it
// from there. It may be called for several layers at the same time, before Analyze.
// Errors are those of [Analyze].
func (h *Handle) ReadLayer(ctx context.Context, i int) error {
	key := h.LayerKey(i)
	if key == "" {
		return nil
	}
	if h.opt.Store.HasLayer(key) && !h.opt.Verify {
		h.opt.Store.ShareKnown(ctx, key, h.Image.Layers[i])
		return nil
	}
	a := h.begin()
	opt := a.scanOptions()
	opt.Progress = nil
	opt.Parallel = h.Image.Layers[i].Size >= largeLayer
	if _, err := a.loadLayer(ctx, h.Image.Layers[i], opt); err != nil {
		return layerError(h.Image, i, err)
	}
	return nil
}

// scanOptions says what each of the image's layers is scanned for.
func (a *analysis) scanOptions() scan.Options {
	return scan.Options{
		Verify: a.opt.Verify, Progress: a.progress.add, Capture: wanted, Resembles: resembles, Again: worthAgain, Executables: holdsNames, Secrets: true, Libraries: true,
		Key: a.opt.Store.HashKey(), Budget: a.budget, HashTar: a.opt.Store.Shares(),
	}
}
