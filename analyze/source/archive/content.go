package archive

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/compression"
	"github.com/tare-oci/tare/analyze/source/manifest"
)

// content is what content looks like from its first bytes. Names are no help:
// archives of every age and tool name the same things differently.
type content uint8

const (
	unknownContent content = iota
	emptyContent
	tarContent
	gzipContent
	zstdContent
	jsonContent
	xzContent
	bzip2Content
	webContent // HTML
)

// headBytes is how much of the content detectContent wants to see: one tar block.
const headBytes = 512

// detectContent looks at the first headBytes of something, or all of it if it is shorter.
func detectContent(head []byte) content {
	if k, ok := compressedContents[compression.Detect(head)]; ok {
		return k
	}
	switch {
	case len(head) == 0:
		return emptyContent
	case isTarBlock(head):
		return tarContent
	}
	if text := bytes.TrimLeft(head, " \t\r\n"); len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return jsonContent
	}
	if manifest.IsWebPage(head) {
		return webContent
	}
	return unknownContent
}

// compressedContents are the contents of what is compressed.
var compressedContents = map[compression.Format]content{
	compression.Gzip: gzipContent, compression.Zstd: zstdContent, compression.XZ: xzContent, compression.Bzip2: bzip2Content,
}

// isTarBlock reports whether a block is a tar header, by its checksum as the
// oldest tars have no magic, or the zeros that end an archive.
func isTarBlock(block []byte) bool {
	if len(block) < headBytes {
		return false
	}
	block = block[:headBytes]
	const from, to = 148, 156 // the checksum's own field counts as spaces
	sum := int64((to - from) * ' ')
	for i, b := range block {
		if i < from || i >= to {
			sum += int64(b)
		}
	}
	if sum == (to-from)*' ' && len(bytes.Trim(block[from:to], "\x00")) == 0 {
		return true
	}
	want, err := strconv.ParseInt(strings.Trim(string(block[from:to]), " \x00"), 8, 64)
	return err == nil && want == sum
}

// maybeLayer reports whether content may be the blob of a layer.
func (k content) maybeLayer() bool {
	return k == tarContent || k == emptyContent || k.compressed()
}

// compressed reports whether content is compressed in a way that tare reads.
// Docker and Podman load archives and layers with any of them.
func (k content) compressed() bool {
	return k == gzipContent || k == zstdContent || k == xzContent || k == bzip2Content
}
