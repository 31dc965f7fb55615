package analyze

import (
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
		if file == nil {
			return ""
		}
		info, err := file.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return ""
		}
		return cache.FileKey(info, offset, l.Size)
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

// recall looks a layer up among the kept ones. Whoever asks for verification
// wants the bytes themselves.
func (a *analysis) recall(l source.Layer) *scan.Index {
	if a.opt.Cache == nil || a.opt.Verify {
		return nil
	}
	x := a.opt.Cache.Get(keyOf(l))
	if x == nil || l.At == nil && x.Digest != l.Digest {
		return nil
	}
	// What a registry would send depends on the place, not on the bytes.
	x.Wire = l.Wire || x.MediaType != scan.MediaTar
	return x
}

// keep keeps what was learnt of a layer. before is its key from before it was
// read: a file that changed meanwhile has another one now.
func (a *analysis) keep(before string, l source.Layer, x *scan.Index) {
	switch {
	case a.opt.Cache == nil || before == "":
	case l.At == nil && x.Digest != l.Digest:
	case l.At != nil && keyOf(l) != before:
	default:
		a.opt.Cache.Put(before, x)
	}
}
