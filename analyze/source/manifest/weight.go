package manifest

import (
	"context"
	"math"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Weight adds up what a registry sends of the layers of a candidate, and counts them, by its
// manifest alone.
func (r *Resolver) Weight(ctx context.Context, c Candidate) (size int64, layers int, err error) {
	doc, err := r.manifest(ctx, c.Desc)
	if err != nil {
		return 0, 0, err
	}
	if err := CheckCount(len(doc.Layers)); err != nil {
		return 0, 0, err
	}
	for _, l := range doc.Layers {
		if l.Size < 0 || size > math.MaxInt64-l.Size {
			return 0, 0, &usererror.Error{What: "its manifest has layers of impossible sizes", Next: "push the image again with a current tool"}
		}
		size += l.Size
	}
	return size, len(doc.Layers), nil
}
