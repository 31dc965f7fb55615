package analyze

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// Contents opens the bytes of many file versions, each layer being read once: it calls do
// with each of ids, which are files of r.Tree, in the order in which they are met. The
// content is nil for a file that is stored sparsely, with holes, which tare does not fill.
// It is [Handle.Content] otherwise; an error of do ends it and is returned as it is.
func (h *Handle) Contents(ctx context.Context, r *model.Report, st *store.Store, ids []model.RecordID, do func(id model.RecordID, content io.Reader) error) error {
	if r.Tree == nil {
		return errors.New("the report does not hold its files; read the image itself")
	}
	if h.reference == "-" {
		return errors.New("standard input can be read only once; save the image to a file to look into its files")
	}
	if !h.hold() {
		return errors.New("the image was read again meanwhile; try once more")
	}
	err := h.contents(ctx, r, st, askedFor(r.Tree, ids), do)
	return cmp.Or(err, h.release())
}

// askedFiles are the files of a layer that are to be read, by where they are.
type askedFiles map[scan.FileRef]model.RecordID

// askedFor finds out where files are, by layer. That takes two passes over the records of
// their layers.
func askedFor(t *model.Tree, ids []model.RecordID) map[int]askedFiles {
	type asked struct {
		name string
		size int64
	}
	all := make(map[int]askedFiles)
	isWanted := make(map[model.RecordID]bool, len(ids))
	for _, id := range ids {
		if t.Records[id].Kind == model.File {
			isWanted[id] = true
			all[int(t.Records[id].Layer)] = nil
		}
	}
	for layer := range all {
		counts := make(map[asked]int)
		for id, r := range t.Layer(layer) {
			if isWanted[id] {
				counts[asked{t.Name(r.Node), r.Size.Bytes()}] = 0
			}
		}
		w := make(askedFiles)
		for id, r := range t.Layer(layer) {
			if r.Kind != model.File {
				continue
			}
			a := asked{t.Name(r.Node), r.Size.Bytes()}
			nth, known := counts[a]
			if !known {
				continue
			}
			counts[a]++
			if isWanted[id] {
				w[scan.FileRef{Name: a.name, Size: a.size, Nth: nth}] = id
			}
		}
		all[layer] = w
	}
	return all
}

func (w askedFiles) refs() map[scan.FileRef]bool {
	refs := make(map[scan.FileRef]bool, len(w))
	for p := range w {
		refs[p] = true
	}
	return refs
}

func (h *Handle) contents(ctx context.Context, r *model.Report, st *store.Store, all map[int]askedFiles, do func(model.RecordID, io.Reader) error) error {
	for layer, w := range all {
		stored, err := eachStored(ctx, st, &r.Layers[layer], w, do)
		if err != nil {
			return contentError(h.Image, layer, err)
		}
		if stored {
			delete(all, layer)
		}
	}
	if len(all) == 0 {
		return nil
	}
	img := h.Image
	if img.Stream != nil {
		return h.eachSent(ctx, r, all, do)
	}
	if img.Unchanged() != nil || r.Image.ID != nil && img.ID != *r.Image.ID {
		return errChanged
	}
	for layer, w := range all {
		if layer >= len(img.Layers) {
			return contentError(img, layer, errChanged)
		}
		err := scan.Each(ctx, img.Layers[layer], w.refs(), func(p scan.FileRef, content io.Reader) error { return do(w[p], content) })
		if err != nil {
			return contentError(img, layer, err)
		}
	}
	return nil
}

// eachStored reads files of a layer that the cache holds, and reports whether it does.
func eachStored(ctx context.Context, st *store.Store, l *model.Layer, w askedFiles, do func(model.RecordID, io.Reader) error) (stored bool, err error) {
	if st == nil {
		return false, nil
	}
	blob := st.Blob(ctx, sentDigest(l))
	if blob == nil {
		return false, ctx.Err()
	}
	defer blob.Close()
	layer := source.Layer{Size: blob.Size(), At: blob, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(blob, 0, blob.Size())), nil
	}}
	return true, scan.Each(ctx, layer, w.refs(), func(p scan.FileRef, content io.Reader) error { return do(w[p], content) })
}

// eachSent reads files of an image that is sent for it once more.
func (h *Handle) eachSent(ctx context.Context, r *model.Report, all map[int]askedFiles, do func(model.RecordID, io.Reader) error) error {
	img, err := h.Image.Again(ctx)
	if err != nil {
		return err
	}
	defer img.Close()
	if img.Stream == nil {
		return errChanged
	}
	blobs := byBlob(r, all)
	for len(blobs) > 0 {
		blob, err := img.Stream.Next(ctx)
		if err == io.EOF {
			return errChanged
		}
		if err != nil {
			return err
		}
		layers := blobs[blob.Name]
		if len(layers) == 0 {
			continue
		}
		delete(blobs, blob.Name)
		err = scan.EachIn(ctx, blob, placesOf(all, layers), func(p scan.FileRef, content io.Reader) error {
			return toEach(idsAt(all, layers, p), content, do)
		})
		if err != nil {
			return contentError(img, layers[0], err)
		}
	}
	return nil
}

// byBlob groups layers by what is sent of them: equal layers of an image may be sent once.
func byBlob(r *model.Report, all map[int]askedFiles) map[string][]int {
	blobs := make(map[string][]int)
	for _, layer := range slices.Sorted(maps.Keys(all)) {
		name := r.Layers[layer].Blob
		blobs[name] = append(blobs[name], layer)
	}
	return blobs
}

// placesOf are the places of files in equal layers.
func placesOf(all map[int]askedFiles, layers []int) map[scan.FileRef]bool {
	places := make(map[scan.FileRef]bool)
	for _, layer := range layers {
		for p := range all[layer] {
			places[p] = true
		}
	}
	return places
}

// idsAt are the files at a place in equal layers, the lowest layer's first.
func idsAt(all map[int]askedFiles, layers []int, p scan.FileRef) (ids []model.RecordID) {
	for _, layer := range layers {
		if id, ok := all[layer][p]; ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// maxRepeated is how many bytes of a content are kept for another layer that has it too.
const maxRepeated = 64 << 20

// toEach gives one content to several files. The last one reads it as it comes.
func toEach(ids []model.RecordID, content io.Reader, do func(id model.RecordID, content io.Reader) error) error {
	if len(ids) < 2 || content == nil {
		for _, id := range ids {
			if err := do(id, content); err != nil {
				return err
			}
		}
		return nil
	}
	kept, err := io.ReadAll(io.LimitReader(content, maxRepeated+1))
	if err != nil {
		return err
	}
	if len(kept) > maxRepeated {
		return errors.New("a file that two equal layers hold is too large to be read for both; ask for one of them")
	}
	for _, id := range ids {
		if err := do(id, bytes.NewReader(kept)); err != nil {
			return err
		}
	}
	return nil
}
