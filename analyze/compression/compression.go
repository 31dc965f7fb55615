// Package compression recognizes how an archive or a layer's blob is compressed, by its
// first bytes:
//
//	compression.Detect([]byte("\x1f\x8b…")) // compression.Gzip
//
// Names and media types are no help: tools use different ones for the same bytes, and Docker
// and Podman read whatever they recognize. The magic numbers are from RFC 1952 (gzip, and so
// eStargz), RFC 8878 (zstd, and zstd:chunked, which may begin with a skippable frame), the xz
// file format and bzip2.
//
// This package does not decompress anything. Package xz below it does, for the one format
// for which no other decoder is fast and bounded enough.
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
