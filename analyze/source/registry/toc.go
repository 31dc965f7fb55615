package registry

import (
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/image"
)

// Annotations of layers: the specifications of eStargz (containerd's
// stargz-snapshotter, docs/estargz.md, "TOC digest") and of zstd:chunked
// (containers/storage, pkg/chunked), whose names began otherwise up to 2022.
const (
	stargzDigest    = "containerd.io/snapshot/stargz/toc.digest"
	chunkedDigest   = "zstd-chunked.manifest-checksum"
	chunkedPosition = "zstd-chunked.manifest-position"
	chunkedType     = 1 // a table that is compressed with zstd
)

var chunkedPrefixes = []string{"io.github.containers.", "io.containers."}

// tocOf reads a layer's annotations; nil where they name no table that could be
// verified and found.
func tocOf(d v1.Descriptor) *image.TOC {
	for _, prefix := range chunkedPrefixes {
		digest, ok := d.Annotations[prefix+chunkedDigest]
		if !ok {
			continue
		}
		toc := &image.TOC{Digest: digest, Chunked: true}
		var plain int64 // its size, decompressed
		var kind int
		n, err := fmt.Sscanf(d.Annotations[prefix+chunkedPosition], "%d:%d:%d:%d", &toc.Offset, &toc.Size, &plain, &kind)
		if err != nil || n != 4 || kind != chunkedType || toc.Offset <= 0 || toc.Size <= 0 || toc.Offset > d.Size-toc.Size || plain <= 0 || !isDigest(digest) {
			return nil
		}
		return toc
	}
	if digest := d.Annotations[stargzDigest]; isDigest(digest) {
		return &image.TOC{Digest: digest}
	}
	return nil
}

func isDigest(text string) bool {
	h, err := v1.NewHash(text)
	return err == nil && h.Algorithm == "sha256" && strings.HasPrefix(text, "sha256:")
}
