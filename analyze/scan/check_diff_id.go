package scan

import (
	"cmp"
	"fmt"

	"github.com/tare-oci/tare/analyze/source/image"
)

// CheckPromises compares what a blob turned out to be with what its manifest says
// of it, for blobs that came before their manifest or were read for another
// image. With verify the diff ID is compared, too. The error wraps [ErrDigest].
func (x *Index) CheckPromises(l image.Layer, verify bool) error {
	if l.Digest != "" && x.Digest != "" && l.Digest != x.Digest {
		return fmt.Errorf("%w: its bytes are %s, the manifest promises %s", ErrDigest, x.Digest, l.Digest)
	}
	if verify && l.DiffID != "" && x.DiffID != l.DiffID {
		return fmt.Errorf("%w: its content is %s, the config promises %s", ErrDigest, x.DiffID, l.DiffID)
	}
	return nil
}

// CheckDiffID compares a layer that is not compressed with the config: its digest,
// read or promised by the manifest, must be the diff ID, and costs nothing to
// compare. Another layer has to be decompressed and hashed for that
// ([Options.Verify]). The error wraps [ErrDigest].
func (x *Index) CheckDiffID(l *image.Layer) error {
	digest := cmp.Or(x.Digest, l.Digest)
	if x.MediaType != MediaTar || digest == "" || l.DiffID == "" || digest == l.DiffID {
		return nil
	}
	return fmt.Errorf("%w: it is not compressed and its digest is %s, but the config's diff ID is %s", ErrDigest, digest, l.DiffID)
}

// IsOf reports whether an index is of the very bytes that a layer is, by its
// digest or, for a plain tar, its diff ID.
func (x *Index) IsOf(l image.Layer) bool {
	return x.Digest != "" && (x.Digest == l.Digest || x.MediaType == MediaTar && x.Digest == l.DiffID)
}
