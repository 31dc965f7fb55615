package fix

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/compression"
	"github.com/tare-oci/tare/analyze/ctxio"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// Measure returns how many bytes a registry would send for the image that the edited Dockerfile
// builds. It compresses each layer that loses file versions again without those, at gzip's
// default level. A layer that loses nothing counts as stored; where it is stored as a plain tar
// (by an engine), it is compressed, too. Layers pass through memory in small pieces. img is the
// image that r is of; one that can be read only once, as one of an engine, is opened again. r must
// have a tree.
func Measure(ctx context.Context, img *source.Image, r *model.Report, out *Result) (int64, error) {
	if r.Tree == nil {
		return 0, errors.New("measuring needs the image's tree; analyse the image in this run")
	}
	m := &measure{report: r, gone: out.versions(r), sizes: make([]int64, len(r.Layers))}
	if img.Stream != nil {
		again, err := img.Again(ctx)
		if err != nil {
			return 0, err
		}
		defer again.Close()
		img = again
	}
	if img.Stream == nil {
		for i, l := range img.Layers[:min(len(img.Layers), len(r.Layers))] {
			if err := m.layer(ctx, i, l.Open); err != nil {
				return 0, layerError(img, i, err)
			}
		}
	} else if err := m.stream(ctx, img); err != nil {
		return 0, err
	}
	if len(img.Layers) != len(r.Layers) || r.Image.ID != nil && img.ID != *r.Image.ID || img.Unchanged() != nil {
		return 0, fmt.Errorf("%s: measuring: the image has changed in the meantime; run tare again", img.Reference)
	}
	total := int64(0)
	for _, size := range m.sizes {
		total += size
	}
	return total, nil
}

func layerError(img *source.Image, layer int, err error) error {
	return fmt.Errorf("%s: layer %d: measuring: %w", img.Reference, layer, err)
}

// stream measures the layers as they are sent. The report tells which blob is which layer.
func (m *measure) stream(ctx context.Context, img *source.Image) error {
	layersOf := make(map[string][]int)
	for i, l := range m.report.Layers {
		layersOf[l.Blob] = append(layersOf[l.Blob], i)
	}
	for {
		blob, err := img.Stream.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for n, i := range layersOf[blob.Name] {
			if n > 0 { // the same blob again: an empty layer, as a rule
				m.sizes[i] = m.sizes[layersOf[blob.Name][0]]
				continue
			}
			open := func(context.Context) (io.ReadCloser, error) { return io.NopCloser(blob), nil }
			if err := m.layer(ctx, i, open); err != nil {
				return layerError(img, i, err)
			}
		}
	}
}

// versions reports for each record of the tree whether a result's edits save it.
func (out *Result) versions(r *model.Report) []bool {
	gone := make([]bool, len(r.Tree.Records))
	stays := make([]map[model.RecordID]bool, len(r.Findings))
	for i := range gone {
		held := r.Tree.Records[i].Finding()
		if r.Tree.Records[i].Kind != model.File || int(held) >= len(out.Saved) || !out.Saved[held] {
			continue
		}
		if stays[held] == nil {
			stays[held] = out.staying(r, int(held))
		}
		gone[i] = !stays[held][model.RecordID(i)] && (out.stage == nil || !out.stage.exclusive[held])
	}
	if out.stage != nil {
		for i, dropped := range out.stage.Dropped {
			gone[i] = gone[i] || dropped
		}
	}
	return gone
}

// measure finds the compressed bytes of layers.
type measure struct {
	report *model.Report
	gone   []bool  // by record
	sizes  []int64 // by layer, in bytes
}

// layer measures the layer at index i, which open reads as stored.
func (m *measure) layer(ctx context.Context, i int, open func(context.Context) (io.ReadCloser, error)) error {
	drop := make(map[string][]bool) // by path: for each of its entries whether it goes
	touched := false
	for id, record := range m.report.Tree.Layer(i) {
		if record.Kind == model.File {
			name := m.report.Tree.Path(record.Node)
			drop[name] = append(drop[name], m.gone[id])
			touched = touched || m.gone[id]
		}
	}
	if stored := m.report.Layers[i].CompressedSize; !touched && stored != nil {
		m.sizes[i] = *stored
		return nil
	}
	blob, err := open(ctx)
	if err != nil {
		return err
	}
	defer blob.Close()
	plain, done, err := decompress(ctxio.NewReader(ctx, blob))
	if err != nil {
		return err
	}
	defer done()
	var sum counter
	z := gzip.NewWriter(&sum)
	if err := filter(z, plain, drop); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	m.sizes[i] = int64(sum)
	return nil
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// decompress returns the plain tar of a blob, told by the blob's first bytes, and a function
// that releases the decoder. The scan has refused every compression but these.
func decompress(r io.Reader) (plain io.Reader, done func(), err error) {
	b := bufio.NewReader(r)
	head, _ := b.Peek(compression.HeadBytes)
	switch compression.Detect(head) {
	case compression.Gzip:
		z, err := gzip.NewReader(b)
		return z, func() {}, err
	case compression.Zstd:
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return b, func() {}, nil
}
