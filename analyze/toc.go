package analyze

import (
	"context"
	"errors"
	"fmt"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
)

// byTOC decides whether the layers that have a table of contents are read
// by it. All contents of one image are hashed the same way, or they could not be
// compared; a layer that is known from before was hashed as a whole read does.
// So one such layer is enough to read the others whole, too.
func (a *analysis) byTOC() bool {
	if a.opt.Verify || a.opt.Whole || a.opt.Shared != nil {
		return false
	}
	tables := false
	for _, l := range a.img.Layers {
		if a.opt.Cache.Has(keyOf(l)) {
			return false
		}
		tables = tables || l.TOC != nil && l.Range != nil
	}
	return tables
}

// learnTOC recalls what a layer's table of contents says, or reads it. It is kept
// under the digests of both the table and the layer: whoever can make a table
// with that digest has made that table, but how long the last content of an
// eStargz layer is shows only where the table lies in the blob. Neither index nor
// error means that the layer has to be read whole.
func (a *analysis) learnTOC(ctx context.Context, l source.Layer, opt scan.Options) (*scan.Index, error) {
	key := "toc:" + l.TOC.Digest + " " + l.Digest
	if x := a.opt.Cache.Get(key); x != nil && x.TOC && x.BlobSize == l.Size {
		a.progress.add(l.Size)
		return x, a.admit(x)
	}
	x, err := scan.TOC(ctx, l, opt)
	if err != nil {
		if errors.Is(err, scan.ErrTOC) {
			err = nil
		}
		return nil, err
	}
	hideSecrets(x)
	a.opt.Cache.Put(key, x)
	return x, nil
}

// noteTOC tells how many layers were read by their tables alone.
func (a *analysis) noteTOC() {
	if n := a.tables; n > 0 {
		a.report.Notes = append(a.report.Notes, fmt.Sprintf("%d of %d layers were read by their table of contents, which is believed: what they store beside files is not known; --verify reads them whole", n, len(a.report.Layers)))
	}
}
