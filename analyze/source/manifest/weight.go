package manifest

import (
	"context"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

// MaxBlob is how many bytes a manifest may claim for a blob, so that sums over the layers of many
// images stay sums. What a blob really holds has limits of its own.
const MaxBlob = 1 << 40

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
	seen := make(map[string]bool, len(doc.Layers)) // a blob that is there several times is sent once
	for _, l := range doc.Layers {
		if l.Size < 0 || l.Size > MaxBlob {
			return 0, 0, &usererror.Error{What: "its manifest has layers of impossible sizes", Next: "push the image again with a current tool"}
		}
		if digest := l.Digest.String(); !seen[digest] {
			seen[digest] = true
			size += l.Size
		}
	}
	return size, len(doc.Layers), nil
}
