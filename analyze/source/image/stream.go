package image

import (
	"context"
	"io"
)

// Stream delivers the blobs of an image that can be read only once.
type Stream interface {
	// Next returns the next blob that may be a layer. Its Reader is valid until
	// the next call; what is left unread is skipped. After the last blob it
	// completes the Image and returns io.EOF; any other error is final.
	Next(ctx context.Context) (*Blob, error)
	// Size is how many bytes the stream will be, 0 when unknown; a guess good
	// enough for a progress bar.
	Size() int64
}

// Blob is one blob of a Stream.
type Blob struct {
	Name   string // matches Layer.Blob; a later blob of the same name replaces the earlier
	Digest string // what its place in the archive promises (blobs/sha256/…), else ""
	Size   int64  // bytes as stored
	io.Reader
}
