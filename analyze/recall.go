package analyze

import (
	"context"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
)

// tarKey is what a plain tar's index is kept under: its diff ID, which it was
// hashed to.
func tarKey(l source.Layer) string {
	if l.DiffID == "" {
		return ""
	}
	return "tar " + l.DiffID
}

// keepOf keeps the index of a layer that an engine sent, if it sent the tar that
// the config names.
func (a *analysis) keepOf(l source.Layer, x *scan.Index) {
	if a.img.MemoKey() != "" && x.MediaType == scan.MediaTar && x.Digest == l.DiffID {
		a.opt.Cache.Put(tarKey(l), x)
	}
}

// recall looks whether all is known of an image that an engine would send: then
// it need not. It returns the layers' indexes; nil if something is missing.
func (a *analysis) recall() []*scan.Index {
	if a.opt.Cache == nil || a.opt.Verify || a.opt.Shared != nil || a.img.MemoKey() == "" {
		return nil
	}
	doc := a.opt.Cache.Document(a.img.MemoKey())
	if doc == nil {
		return nil
	}
	before := *a.img
	if !a.img.Recall(doc) {
		return nil
	}
	indexes := make([]*scan.Index, len(a.img.Layers))
	for i, l := range a.img.Layers {
		x := a.opt.Cache.Get(tarKey(l))
		if x == nil || x.Digest != l.DiffID {
			*a.img = before
			return nil
		}
		x.Wire = l.Wire
		indexes[i] = x
	}
	return indexes
}

// stackUp stacks layers that are known.
func (a *analysis) stackUp(ctx context.Context, indexes []*scan.Index) error {
	if err := a.describe(ctx); err != nil {
		return err
	}
	a.progress.phase(Reading)
	for i, x := range indexes {
		if err := a.add(ctx, i, x); err != nil {
			return err
		}
		a.read++
		a.progress.known(a.report, a.read)
	}
	return nil
}
