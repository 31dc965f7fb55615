package image

import (
	"context"
	"io"
)

// Layer is one layer, not yet read.
type Layer struct {
	Blob      string // which blob of a Stream it is; "" without one
	Digest    string // the manifest's digest of the blob, "sha256:…"; "" where the manifest names none
	DiffID    string // the config's digest of the uncompressed tar; "" where it names none
	MediaType string
	Size      int64 // bytes of the blob as stored; -1 when unknown

	// AsPushed is true where the blob is stored as a registry would send it, even when
	// it is not compressed. An engine and a docker archive keep plain tars that
	// no registry would send, so there it is false.
	AsPushed bool

	// Open starts reading the blob. It may be called several times and
	// concurrently with other layers' (never for the layers of a Stream: nil there).
	Open func(ctx context.Context) (io.ReadCloser, error)

	// At gives random access to the stored blob, Size bytes from offset 0, where
	// it lies in a local file; nil elsewhere. Safe for concurrent use.
	At io.ReaderAt

	// BuiltIn is true where the program itself made the blob in memory, which
	// Digest is then known to be of.
	BuiltIn bool

	// Range opens n bytes of the blob from an offset on; nil where the source has
	// no cheap way to. TOC says where the blob's table of contents is, nil for
	// none. Both may be called concurrently.
	Range func(ctx context.Context, offset, n int64) (io.ReadCloser, error)
	TOC   *TOC
}
