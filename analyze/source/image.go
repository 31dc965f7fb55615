// Package source opens container images wherever they are: a registry, a
// Docker or Podman engine, an archive, an OCI layout, a stream on standard
// input, a built-in sample.
//
// An opened Image has a manifest, a config and layers. Most sources know their
// layers at once and can read them in any order, several at a time. Two cannot:
// an engine and standard input send one tar, once, and name its layers wherever
// in the tar they like. Such an image has a Stream; its manifest, config and
// layers are known when the stream has ended.
package source

import (
	"context"
	"io"
	"os"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Options says how to open an image.
type Options struct {
	// Platform is "os/arch" or "os/arch/variant"; "" takes this machine's
	// architecture on Linux, or the only one there is.
	Platform string
	// Insecure names registries (host or host:port) that may be spoken to over
	// plain http or with an unverified certificate. Loopback needs no entry.
	Insecure []string
	// Offline forbids registries; engines on this machine may still be asked.
	Offline bool
	// Stdin is what "-" reads.
	Stdin io.Reader
	// Patience is how long a registry may send nothing before an answer or in the
	// middle of one, and how long a credential helper may take; 0 is half a minute.
	Patience time.Duration
	// Waiting is told what the opening or the reading of a pipe waits for, once it
	// has waited for some seconds; nil for nobody. It may be called from any
	// goroutine.
	Waiting func(what string)
}

// Image is an opened image. The caller closes it when it has read the layers.
type Image struct {
	// Reference is what the user typed, without the transport. For a pipe, which
	// has no name worth the word, it becomes the image's own once the Stream ended.
	Reference string
	Source    string // docker, podman, registry, docker-archive, oci-archive, oci-dir, dir, stdin, demo

	Digest      string            // of the platform's manifest; "" where there is none (docker archives, engines)
	ID          string            // digest of the config
	Platform    string            // os/arch[/variant]
	Annotations map[string]string // of the manifest and of the index entry that led to it
	Config      *v1.ConfigFile
	Layers      []Layer
	Notes       []string // what a user should know, one sentence each

	// Stream is set where the layers can only be read front to back. The fields
	// above, but for Reference and Source, may be empty until it has ended;
	// an engine fills Config with what it says beforehand, as a preview. The
	// Source of a compressed archive is a guess until then: which format it is
	// in shows at its end. Only calls of Next change the image.
	Stream Stream

	// LayersOf finds the diff IDs of another image by digest or name in the
	// place this one came from (the same archive, engine or repository), never
	// elsewhere. It is nil where the source cannot.
	LayersOf func(ctx context.Context, reference string) ([]string, error)

	// Provenance reads what BuildKit attests of this image's build: an in-toto
	// statement with predicate https://slsa.dev/provenance/v0.2 or /v1, verified
	// by its digest and of 32 MiB at most. It is nil where the source has none,
	// and known once a Stream has ended. Not to be called concurrently with
	// itself or LayersOf.
	Provenance func(ctx context.Context) ([]byte, error)

	// File is the archive that the image lies in, open; nil where it is no regular
	// file. It is for looking at, not for reading.
	File *os.File

	// Fetched is how many bytes a registry has sent so far; nil elsewhere. Safe
	// for concurrent use.
	Fetched func() int64

	called string // the first name that an archive has for it, "" for none
	told   *told
	checks []func() error // that what was read is what it was when it was opened
	close  []func() error
}

// Unchanged returns an error where the image lies in a file, or in a directory
// with a file, that was written to since it was opened. Ask when everything has
// been read.
func (i *Image) Unchanged() error {
	for _, check := range i.checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// Layer is one layer, not yet read.
type Layer struct {
	Blob      string // which blob of a Stream it is; "" without one
	Digest    string // the manifest's digest of the blob, "sha256:…"; "" where the manifest names none
	DiffID    string // the config's digest of the uncompressed tar; "" where it names none
	MediaType string
	Size      int64 // bytes of the blob as stored; -1 when unknown

	// Wire says that the blob is stored as a registry would send it, even when
	// it is not compressed. An engine and a docker archive keep plain tars that
	// no registry would send, so there it is false.
	Wire bool

	// Open starts reading the blob. It may be called several times and
	// concurrently with other layers' (never for the layers of a Stream: nil there).
	Open func(ctx context.Context) (io.ReadCloser, error)

	// At gives random access to the stored blob, Size bytes from offset 0, where
	// it lies in a local file; nil elsewhere. Safe for concurrent use.
	At io.ReaderAt

	// Range opens n bytes of the blob from an offset on; nil where the source has
	// no cheap way to. TOC says where the blob's table of contents is, nil for
	// none. Both may be called concurrently.
	Range func(ctx context.Context, offset, n int64) (io.ReadCloser, error)
	TOC   *TOC
}

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

// Close frees what the image holds open. Layers must not be read afterwards.
func (i *Image) Close() error {
	var first error
	for n := len(i.close) - 1; n >= 0; n-- {
		if err := i.close[n](); err != nil && first == nil {
			first = err
		}
	}
	i.close = nil
	return first
}
