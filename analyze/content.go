package analyze

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// Content opens the bytes of one file version of an analysed image: reference
// and opt are those of the analysis, id is a record of r.Tree that is a file or
// a hard link to one. The image is opened again, and read as far as the caller
// reads; since no layer is read to its end, the bytes are not verified, unless
// the layer's table of contents says where they are and what they must be. An image
// that can only be streamed, as from an engine, is sent once: opt.Store, where
// there is one and the image is not too large for it, keeps its layers.
//
// The caller closes the reader. Cancelling ctx ends reading. Errors say what to
// do; one of them is that the image is not the analysed one any more.
func Content(ctx context.Context, r *model.Report, reference string, opt Options, id model.RecordID) (io.ReadCloser, error) {
	if r.Tree == nil || int(id) >= len(r.Tree.Records) {
		return nil, errors.New("the report does not hold its files; read the image itself")
	}
	id = r.Tree.Content(id)
	record := &r.Tree.Records[id]
	if record.Kind != model.File {
		return nil, errors.New("it is no regular file and has no content")
	}
	if reference == "-" {
		return nil, errors.New("standard input can be read only once; save the image to a file to look into its files")
	}
	layer, want := int(record.Layer), place(r.Tree, id)
	if content, err := openStored(ctx, opt.Store, &r.Layers[layer], want); content != nil || err != nil {
		return content, err
	}
	img, err := source.Open(ctx, reference, opt.Options)
	if err != nil {
		return nil, err
	}
	content, err := openIn(ctx, img, r, layer, want, opt)
	if err == nil {
		return &ofImage{content, img}, nil
	}
	img.Close()
	if errors.Is(err, errNotStored) && ctx.Err() == nil {
		opt.Store = nil
		return Content(ctx, r, reference, opt, id)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("%s: layer %d: %w", img.Reference, layer, err)
}

// place is how the scan finds a version again.
func place(t *model.Tree, id model.RecordID) scan.Place {
	want := scan.Place{Name: t.Name(t.Records[id].Node), Size: t.Records[id].Size.Bytes()}
	for at, other := range t.Layer(int(t.Records[id].Layer)) {
		if at == id {
			break
		}
		if other.Kind == model.File && other.Size.Bytes() == want.Size && string(t.NameBytes(other.Node)) == want.Name {
			want.Nth++
		}
	}
	return want
}

var errChanged = errors.New("the image is another one now; read it again")

// openIn finds a layer of the image that is open now by what the report says of
// it.
func openIn(ctx context.Context, img *source.Image, r *model.Report, layer int, want scan.Place, opt Options) (io.ReadCloser, error) {
	st := opt.Store
	if img.Stream == nil {
		if r.Image.ID != nil && img.ID != *r.Image.ID || layer >= len(img.Layers) {
			return nil, errChanged
		}
		l := img.Layers[layer]
		if !opt.Verify && !opt.Whole {
			if content, err := scan.FileByTOC(ctx, l, want); err == nil {
				return content, nil
			}
		}
		return scan.File(ctx, l, want)
	}
	name := r.Layers[layer].Blob
	storable := st != nil && sentDigest(&r.Layers[layer]) != ""
	for {
		blob, err := img.Stream.Next(ctx)
		if err == io.EOF {
			return nil, errChanged
		}
		if err != nil {
			return nil, err
		}
		switch {
		case blob.Name == name && (!storable || blob.Size > st.LargestBlob()):
			return scan.FileIn(ctx, blob, want)
		case storable && (blob.Name == name || r.Image.Size <= st.LargestBlob()):
			// Whoever looks into one file looks into the next.
			if i := slices.IndexFunc(r.Layers, func(l model.Layer) bool { return l.Blob == blob.Name }); i >= 0 {
				st.PutBlob(sentDigest(&r.Layers[i]), blob, blob.Size)
			}
		}
		if blob.Name != name {
			continue
		}
		content, err := openStored(ctx, st, &r.Layers[layer], want)
		if content == nil && err == nil {
			err = errNotStored
		}
		return content, err
	}
}

// errNotStored reports that a layer of a stream could not be stored, and cannot be
// read again.
var errNotStored = errors.New("the layer could not be kept")

// sentDigest is the digest of a layer of a stream, as it is sent: the manifest's,
// or that of a plain tar. "" where neither is known, or the layer is none of a
// stream.
func sentDigest(l *model.Layer) string {
	switch {
	case l.Blob == "":
		return ""
	case l.Digest != nil:
		return *l.Digest
	case l.DiffID != nil:
		return *l.DiffID
	}
	return ""
}

// openStored opens a file of a layer of a stream that the cache holds; nil where it
// does not.
func openStored(ctx context.Context, st *store.Store, l *model.Layer, want scan.Place) (io.ReadCloser, error) {
	blob := st.Blob(ctx, sentDigest(l))
	if blob == nil {
		return nil, ctx.Err()
	}
	content, err := scan.File(ctx, source.Layer{Size: blob.Size(), At: blob, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(blob, 0, blob.Size())), nil
	}}, want)
	if err != nil {
		blob.Close()
		return nil, err
	}
	return &ofBlob{content, blob}, nil
}

// ofBlob closes the stored layer with the content.
type ofBlob struct {
	io.ReadCloser
	blob *store.Blob
}

func (c *ofBlob) Close() error { return cmp.Or(c.ReadCloser.Close(), c.blob.Close()) }

// ofImage closes the image with the content.
type ofImage struct {
	io.ReadCloser
	img *source.Image
}

func (c *ofImage) Close() error { return cmp.Or(c.ReadCloser.Close(), c.img.Close()) }
