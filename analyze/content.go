package analyze

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// Content opens the bytes of one file version of an analysed image: reference
// and opt are those of the analysis, id is a record of r.Tree that is a file or
// a hard link to one. The image is opened again, and read as far as the caller
// reads; nothing is kept. Since no layer is read to its end, the bytes are not
// verified.
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
	layer := int(record.Layer)
	img, err := source.Open(ctx, reference, opt.Options)
	if err != nil {
		return nil, err
	}
	content, err := openIn(ctx, img, r, layer, place(r.Tree, id))
	if err != nil {
		img.Close()
		if errors.Is(err, context.Canceled) {
			return nil, err
		}
		return nil, fmt.Errorf("%s: layer %d: %w", img.Reference, layer, err)
	}
	return &ofImage{content, img}, nil
}

// place is how the scan finds a version again.
func place(t *model.Tree, id model.RecordID) scan.Place {
	want := scan.Place{Name: t.Name(t.Records[id].Node), Size: t.Records[id].Size}
	for at, other := range t.Layer(int(t.Records[id].Layer)) {
		if at == id {
			break
		}
		if other.Kind == model.File && other.Size == want.Size && string(t.NameBytes(other.Node)) == want.Name {
			want.Nth++
		}
	}
	return want
}

var errChanged = errors.New("the image is another one now; read it again")

// openIn finds a layer of the image that is open now by what the report says of
// it.
func openIn(ctx context.Context, img *source.Image, r *model.Report, layer int, want scan.Place) (io.ReadCloser, error) {
	if img.Stream == nil {
		if r.Image.ID != nil && img.ID != *r.Image.ID || layer >= len(img.Layers) {
			return nil, errChanged
		}
		return scan.File(ctx, img.Layers[layer], want)
	}
	for {
		blob, err := img.Stream.Next(ctx)
		if err == io.EOF {
			return nil, errChanged
		}
		if err != nil {
			return nil, err
		}
		if blob.Name == r.Layers[layer].Blob {
			return scan.FileIn(ctx, blob, want)
		}
	}
}

// ofImage closes the image with the content.
type ofImage struct {
	io.ReadCloser
	img *source.Image
}

func (c *ofImage) Close() error { return cmp.Or(c.ReadCloser.Close(), c.img.Close()) }
