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

// recallImage looks whether enough is known of an image that an engine would
// send: then it need not. The layers are looked for later.
func (a *analysis) recallImage() bool {
	if a.opt.Cache == nil || a.opt.Verify || a.opt.Shared != nil || a.img.MemoKey() == "" {
		return false
	}
	doc := a.opt.Cache.Document(a.img.MemoKey())
	return doc != nil && a.img.Recall(doc)
}

// recallLayers returns the indexes of such an image's layers, nil if one is not
// known.
func (a *analysis) recallLayers() []*scan.Index {
	indexes := make([]*scan.Index, len(a.img.Layers))
	for i, l := range a.img.Layers {
		x := a.opt.Cache.Get(tarKey(l))
		if x == nil || x.Digest != l.DiffID {
			return nil
		}
		x.Wire = l.Wire
		indexes[i] = x
	}
	return indexes
}

// stackUp stacks layers that are known.
func (a *analysis) stackUp(ctx context.Context, indexes []*scan.Index) error {
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
