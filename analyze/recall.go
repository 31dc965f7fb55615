package analyze

import (
	"context"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
)

// sentKeys are what the index of a layer that an engine sent may be kept under:
// the diff ID of a plain tar, else the digest of the blob.
func sentKeys(l source.Layer) []string {
	var keys []string
	if l.DiffID != "" {
		keys = append(keys, "tar "+l.DiffID)
	}
	if l.Digest != "" {
		keys = append(keys, l.Digest)
	}
	return keys
}

// fits reports whether an index is of the very bytes that a layer is.
func fits(x *scan.Index, l source.Layer) bool {
	return x.Digest != "" && (x.Digest == l.Digest || x.MediaType == scan.MediaTar && x.Digest == l.DiffID)
}

// keepOf keeps the index of a layer that an engine sent, if it sent what config
// or manifest name.
func (a *analysis) keepOf(l source.Layer, x *scan.Index) {
	if a.img.MemoKey() == "" || !fits(x, l) {
		return
	}
	key := x.Digest
	if x.MediaType == scan.MediaTar {
		key = "tar " + x.Digest
	}
	a.opt.Cache.Put(key, x)
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
		for _, key := range sentKeys(l) {
			if x := a.opt.Cache.Get(key); x != nil && fits(x, l) {
				x.Wire = l.Wire || x.MediaType != scan.MediaTar
				indexes[i] = x
				break
			}
		}
		if indexes[i] == nil {
			return nil
		}
	}
	return indexes
}

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
		a.read++
		a.progress.known(a.report, a.read)
	}
	return nil
}
