package analyze

import (
	"context"
	"io"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/source"
)

// InMemory is an image that no reference names: an OCI archive in memory, and the
// Dockerfile that it was made of.
type InMemory struct {
	Name       string // what the report calls it
	Archive    io.ReaderAt
	Size       int64  // of the archive, in bytes
	Dockerfile []byte // nil for none
	BuiltIn    bool   // a sample of package demo, which knows the digests of its layers
}

// OpenInMemory is [Open] for an image in memory. The archive is used until the handle
// is closed.
func OpenInMemory(ctx context.Context, m InMemory, opt Options) (*Handle, error) {
	h := &Handle{reference: m.Name, opt: opt, progress: &progress{send: opt.Progress}, users: 1}
	if m.Dockerfile != nil {
		var err error
		if h.dockerfile, err = history.ParseDockerfile("Dockerfile", m.Dockerfile); err != nil {
			return nil, err
		}
	}
	h.progress.phase(Opening)
	img, err := source.OpenInMemory(ctx, m.Name, m.Archive, m.Size, m.BuiltIn, opt.Options)
	if err != nil {
		return nil, err
	}
	h.Image = img
	return h, nil
}
