package analyze

import (
	"context"
	"io"
	"os"

	"github.com/tare-oci/tare/analyze/cache"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
)

// keyOf is what a layer's index is kept under, "" where it cannot be kept.
//
// A layer in a local file has the file's identity: its bytes may not be what the
// manifest beside it promises, so a digest must not answer for them. A layer
// from elsewhere has its digest; what a registry sends under it is checked.
func keyOf(l source.Layer) string {
	if l.At != nil {
		file, offset := fileOf(l.At)
		return cache.FileKey(file, offset, l.Size)
	}
	return l.Digest
}

// fileOf finds the file that a reader reads, and where in it; nil for none.
func fileOf(at io.ReaderAt) (file *os.File, offset int64) {
	for {
		switch r := at.(type) {
		case *os.File:
			return r, offset
		case *io.SectionReader:
			outer, off, _ := r.Outer()
			at, offset = outer, offset+off
		default:
			return nil, 0
		}
	}
}

// learn recalls what is known of a layer, or scans it and keeps what it finds
// out. Whoever asks for verification wants the bytes themselves.
func (a *analysis) learn(ctx context.Context, l source.Layer, opt scan.Options) (*scan.Index, error) {
	if opt.Digests && l.TOC != nil {
		if x, err := a.learnTOC(ctx, l, opt); x != nil || err != nil {
			return x, err
		}
	}
	place, kind := "", ""
	if a.opt.Cache != nil && !a.opt.Verify {
		place = keyOf(l)
	}
	if opt.Digests && place != "" {
		kind = "digests:" // contents are hashed in another way
	}
	// A manifest that gives another size than the layer has is refused by reading
	// it, whoever knows the layer already.
	if x := a.opt.Cache.Get(kind + place); x != nil && (l.At != nil || x.Digest == l.Digest && (l.Size < 0 || x.BlobSize == l.Size)) {
		a.progress.add(l.Size)
		// What a registry would send depends on the place, not on the bytes.
		x.Wire = l.Wire || x.MediaType != scan.MediaTar
		return x, a.admit(x)
	}
	x, err := scan.Layer(ctx, l, opt)
	if err != nil {
		return nil, err
	}
	hideSecrets(x)
	// What is kept under a digest was hashed to it; a file that changed while it
	// was read has another identity now.
	if place != "" && (l.At == nil && x.Digest == l.Digest || l.At != nil && keyOf(l) == place) {
		a.opt.Cache.Put(kind+place, x)
	}
	return x, nil
}
