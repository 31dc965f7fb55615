package image

// TOC is what a manifest says of a layer's table of contents: that there is one,
// and the digest that it is trusted by.
type TOC struct {
	// Digest is of the table: of its JSON for eStargz, of the compressed bytes
	// for zstd:chunked.
	Digest string
	// Chunked tells zstd:chunked from eStargz.
	Chunked bool
	// Offset and Size are where the compressed table lies in the blob, in bytes.
	// For eStargz they are 0: the blob's footer tells.
	Offset, Size int64
}
