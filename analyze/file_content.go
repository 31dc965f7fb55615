package analyze

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// Content opens the bytes of one file version of the image: r is the report of its
// analysis, id a record of r.Tree that is a file or a hard link to one. The layer is
// read as far as the caller reads; since no layer is read to its end, the bytes are
// not verified, unless the layer's table of contents says where they are and what
// they must be. Of an image that can only be streamed, an engine may give a file that no
// layer hides away by itself; else the image is opened and sent again: once, where st is
// not nil and the image is not too large for it, since it keeps the layers; else for
// each file.
//
// The caller closes the reader, which keeps the image open. Cancelling ctx ends
// reading. Errors say what to do; one of them is that the image is not the analysed
// one any more.
func (h *Handle) Content(ctx context.Context, r *model.Report, st *store.Store, id model.RecordID) (io.ReadCloser, error) {
	if r.Tree == nil || int(id) >= len(r.Tree.Records) {
		return nil, errors.New("the report does not hold its files; read the image itself")
	}
	asked := id
	id = r.Tree.Content(id)
	record := &r.Tree.Records[id]
	if record.Kind != model.File {
		return nil, errors.New("it is not a regular file and has no content")
	}
	if h.reference == "-" {
		return nil, errors.New("standard input can be read only once; save the image to a file to look into its files")
	}
	layer, want := int(record.Layer), fileRef(r.Tree, id)
	if content, err := openStored(ctx, st, &r.Layers[layer], want); content != nil || err != nil {
		return content, err
	}
	if !h.hold() {
		return nil, errors.New("the image was read again meanwhile; open the file once more")
	}
	content, err := h.openVisible(ctx, r, asked)
	if content == nil && err == nil {
		content, err = h.open(ctx, r, layer, want, st)
	}
	if errors.Is(err, errNotStored) && ctx.Err() == nil {
		content, err = h.open(ctx, r, layer, want, nil)
	}
	if err != nil {
		_ = h.release() // the error that led here says more
		return nil, cmp.Or(ctx.Err(), err)
	}
	return &held{ReadCloser: content, handle: h}, nil
}

// openVisible opens a file as a container of the image has it, by the name that was
// asked for or by that of the version with its content, whichever is visible. It
// returns nil where that is no way: nobody offers it, or a layer hides the file.
func (h *Handle) openVisible(ctx context.Context, r *model.Report, asked model.RecordID) (io.ReadCloser, error) {
	if h.Image.ContainerFile == nil || !h.asNamed {
		return nil, nil
	}
	t, content := r.Tree, r.Tree.Content(asked)
	for _, id := range []model.RecordID{asked, content} {
		node := t.Records[id].Node
		if at, ok := t.At(node, len(r.Layers)-1); !ok || at != id {
			continue
		}
		file, err := h.Image.ContainerFile(ctx, t.Path(node), t.Records[content].Size.Bytes())
		if err == nil {
			return file, nil
		}
		return nil, ctx.Err() // whatever it is, the layer still has the file
	}
	return nil, nil
}

// fileRef says how a scan finds a file version again.
func fileRef(t *model.Tree, id model.RecordID) scan.FileRef {
	want := scan.FileRef{Name: t.Name(t.Records[id].Node), Size: t.Records[id].Size.Bytes()}
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

// open opens a file in a layer of the image.
func (h *Handle) open(ctx context.Context, r *model.Report, layer int, want scan.FileRef, st *store.Store) (io.ReadCloser, error) {
	img := h.Image
	if img.Stream != nil {
		return openSent(ctx, img, r, layer, want, st)
	}
	if img.Unchanged() != nil || r.Image.ID != nil && img.ID != *r.Image.ID || layer >= len(img.Layers) {
		return nil, contentError(img, layer, errChanged)
	}
	l := img.Layers[layer]
	if !h.opt.Verify && !h.opt.IgnoreTOC {
		if content, err := scan.FileByTOC(ctx, l, want); err == nil {
			return content, nil
		}
	}
	content, err := scan.File(ctx, l, want)
	if err != nil {
		return nil, contentError(img, layer, err)
	}
	return content, nil
}

func contentError(img *source.Image, layer int, err error) error {
	return fmt.Errorf("%s: layer %d: %w", img.Reference, layer, err)
}

// openSent opens a file in a layer of an image that is sent for it once more.
func openSent(ctx context.Context, img *source.Image, r *model.Report, layer int, want scan.FileRef, st *store.Store) (io.ReadCloser, error) {
	img, err := img.Again(ctx)
	if err != nil {
		return nil, err
	}
	content, err := openIn(ctx, img.Stream, r, layer, want, st)
	if err != nil {
		img.Close()
		return nil, contentError(img, layer, err)
	}
	return &ofImage{content, img}, nil
}

// openIn finds a layer among those that are sent by what the report says of it.
func openIn(ctx context.Context, sent source.Stream, r *model.Report, layer int, want scan.FileRef, st *store.Store) (io.ReadCloser, error) {
	if sent == nil {
		return nil, errChanged
	}
	name := r.Layers[layer].Blob
	storable := st != nil && sentDigest(&r.Layers[layer]) != ""
	for {
		blob, err := sent.Next(ctx)
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
func openStored(ctx context.Context, st *store.Store, l *model.Layer, want scan.FileRef) (io.ReadCloser, error) {
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

// ofImage closes the image that was opened for the content.
type ofImage struct {
	io.ReadCloser
	img *source.Image
}

func (c *ofImage) Close() error { return cmp.Or(c.ReadCloser.Close(), c.img.Close()) }

// held releases the handle with the content.
type held struct {
	io.ReadCloser
	handle *Handle
	once   sync.Once
}

func (c *held) Close() error {
	err := c.ReadCloser.Close()
	c.once.Do(func() { err = cmp.Or(err, c.handle.release()) })
	return err
}
