// Package compression tells by its first bytes how something is compressed: an
// archive of images, or the blob of a layer.
//
// Names and media types are no help: tools name the same bytes differently, and
// Docker and Podman read whatever they recognize. The magic numbers are those of
// RFC 1952 (gzip, which eStargz is as well), RFC 8878 (zstd, and zstd:chunked,
// whose first frame may be a skippable one), the xz file format and bzip2.
//
// The package decompresses nothing; package xz below does, for the one format
// that has no decoder elsewhere that is fast and bounded enough.
package compression

import (
	"bytes"

	"github.com/tare-oci/tare/analyze/compression/xz"
)

// Format is a way in which bytes are compressed.
type Format uint8

const (
	// None is anything that is not compressed in one of the ways below.
	None Format = iota
	Gzip
	Zstd
	XZ
	Bzip2
)

// HeadBytes is how many of the first bytes Detect needs to see. With fewer it
// still recognizes the formats whose magic number is complete.
const HeadBytes = 6

var (
	gzipMagic  = []byte{0x1f, 0x8b}
	zstdMagic  = []byte{0x28, 0xb5, 0x2f, 0xfd}
	skippable  = []byte{0x2a, 0x4d, 0x18} // after a byte of 0x50 to 0x5f
	xzMagic    = []byte(xz.Magic)
	bzip2Magic = []byte("BZh")
)

// Detect tells how something is compressed from its first bytes.
func Detect(head []byte) Format {
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		return Gzip
	case bytes.HasPrefix(head, zstdMagic), isSkippable(head):
		return Zstd
	case bytes.HasPrefix(head, xzMagic):
		return XZ
	case bytes.HasPrefix(head, bzip2Magic):
		return Bzip2
	}
	return None
}

// isSkippable reports whether a skippable frame of zstd begins here.
func isSkippable(head []byte) bool {
	return len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], skippable)
}
