package analyze

import (
	"context"
	"errors"
	"fmt"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
)

// loadLayer takes a layer's index from the store, or scans the layer and stores
// what it finds out. With Verify the store is not asked.
func (a *analysis) loadLayer(ctx context.Context, l source.Layer, opt scan.Options) (*scan.Index, error) {
	if opt.Digests && l.TOC != nil {
		if x, err := a.loadTOC(ctx, l, opt); x != nil || err != nil {
			return x, err
		}
	}
	keyNow := func() store.Key {
		if a.opt.Store == nil || a.opt.Verify {
			return ""
		}
		if opt.Digests {
			return store.LayerKey(l).ByDigests()
		}
		return store.LayerKey(l)
	}
	key := keyNow()
	// A manifest that gives another size than the layer has is refused by reading
	// it, whoever knows the layer already.
	x := a.opt.Store.Layer(key)
	if x == nil {
		x = a.opt.Store.SharedLayer(ctx, key, l)
	}
	if x != nil && (l.At != nil || x.Digest == l.Digest && (l.Size < 0 || x.BlobSize == l.Size)) {
		a.progress.add(l.Size)
		// What a registry would send depends on the place, not on the bytes.
		x.AsPushed = l.AsPushed || x.MediaType != scan.MediaTar
		return x, a.admit(x)
	}
	x, err := scan.Layer(ctx, l, opt)
	if err != nil {
		return nil, err
	}
	if err := maskSecrets(x, a.budget); err != nil {
		return nil, err
	}
	// What is kept under a digest was hashed to it; a file that changed while it
	// was read has another identity now.
	if l.At == nil && x.Digest == l.Digest || l.At != nil && keyNow() == key {
		a.opt.Store.PutLayer(key, x)
		a.opt.Store.ShareLayer(ctx, key, l, x)
	}
	return x, nil
}

// byTOC decides whether the layers that have a table of contents are read
// by it. All contents of one image are hashed the same way, or they could not be
// compared; a layer that is known from before was hashed as a whole read does.
// So one such layer is enough to read the others whole, too.
func (a *analysis) byTOC() bool {
	if a.opt.Verify || a.opt.IgnoreTOC || a.opt.Layers != nil {
		return false
	}
	tables := false
	for _, l := range a.img.Layers {
		if a.opt.Store.HasLayer(store.LayerKey(l)) {
			return false
		}
		tables = tables || l.TOC != nil && l.Range != nil
	}
	return tables
}

// loadTOC takes from the store what a layer's table of contents says, or reads
// the table. Neither index nor error means that the layer has to be read whole.
func (a *analysis) loadTOC(ctx context.Context, l source.Layer, opt scan.Options) (*scan.Index, error) {
	key := store.TOCKey(l)
	if x := a.opt.Store.Layer(key); x != nil && x.TOC && x.BlobSize == l.Size {
		a.progress.add(l.Size)
		return x, a.admit(x)
	}
	x, err := scan.TOC(ctx, l, opt)
	if err != nil {
		if errors.Is(err, scan.ErrTOC) {
			err = nil
		}
		return nil, err
	}
	if err := maskSecrets(x, a.budget); err != nil {
		return nil, err
	}
	a.opt.Store.PutLayer(key, x)
	return x, nil
}

// noteTOC tells how many layers were read by their tables alone.
func (a *analysis) noteTOC() {
	if n := a.tables; n > 0 {
		a.report.Notes = append(a.report.Notes, fmt.Sprintf("%d of %d layers were read by their table of contents, which is believed: what they store beside files and which packages of programming languages they hold is not known; --verify reads them whole", n, len(a.report.Layers)))
	}
}

// storeSent stores the index of a layer that an engine sent, if it sent what
// config or manifest name.
func (a *analysis) storeSent(l source.Layer, x *scan.Index) {
	if a.img.SnapshotKey() != "" && x.IsOf(l) {
		a.opt.Store.PutLayer(store.SentKey(x), x)
	}
}

// lookupSent looks whether all is known of an image that an engine would send.
// It returns the image as the engine described it before, without its stream,
// and the indexes of its layers; nil where anything is missing.
func (a *analysis) lookupSent() (*source.Image, []*scan.Index) {
	if a.opt.Store == nil || a.opt.Verify || a.img.SnapshotKey() == "" {
		return nil, nil
	}
	doc := a.opt.Store.Snapshot(store.SnapshotKey(a.img.SnapshotKey()))
	img := *a.img
	if doc == nil || !img.Restore(doc) {
		return nil, nil
	}
	indexes := make([]*scan.Index, len(img.Layers))
	for i, l := range img.Layers {
		for _, key := range store.SentKeys(l) {
			if x := a.opt.Store.Layer(key); x != nil && x.IsOf(l) {
				x.AsPushed = l.AsPushed || x.MediaType != scan.MediaTar
				indexes[i] = x
				break
			}
		}
		if indexes[i] == nil {
			return nil, nil
		}
	}
	return &img, indexes
}
