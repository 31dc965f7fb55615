// Package image has the types that every source fills in: an Image with its Layers, the Stream
// of an image that can be read only once, and the Options for opening one.
//
// A blob is a layer as it is stored, usually compressed. Its digest is in the manifest; its diff
// ID, the digest of the tar inside, is in the config (config.md of the OCI image spec). Fields
// that are functions are nil if a source cannot do what they are for.
package image

import (
	"context"
	"io"
	"os"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Image is an opened image. One handle serves everything that is done with the
// image, for as long as its owner likes; what it holds open, Close frees.
//
// The fields change only while the image is opened and while its Stream is read.
// Afterwards layers may be opened and read, and LayersOf, Provenance, ContainerFile and
// Fetched called, by any number of goroutines at the same time; so may Again and Unchanged.
// Close is for the owner, when nobody else uses the image.
type Image struct {
	// Reference is what the user typed, without the transport. For a pipe, which
	// has no name worth the word, it becomes the image's own once the Stream ended.
	Reference string
	// Model is true for an image that tare made itself: a sample, or what a Dockerfile would
	// make. Its files stand for real ones, so that none of them is known to be missing.
	Model  bool
	Source string // docker, podman, registry, docker-archive, oci-archive, oci-dir, dir, stdin, demo

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
	// in shows at its end. Only calls of Next change the image. What has passed is
	// gone: who wants a layer's blob again calls Again.
	Stream Stream

	// LayersOf finds the diff IDs of another image by digest or name in the
	// place this one came from (the same archive, engine or repository), never
	// elsewhere. It is nil where the source cannot.
	LayersOf func(ctx context.Context, reference string) ([]string, error)

	// Provenance reads what BuildKit attests of this image's build: an in-toto
	// statement with predicate https://slsa.dev/provenance/v0.2 or /v1, verified
	// by its digest and of 32 MiB at most. It is nil where the source has none,
	// and known once a Stream has ended.
	Provenance func(ctx context.Context) ([]byte, error)

	// ContainerFile opens one file as a container of the image shows it, by its path
	// without a leading slash, if it is a regular one of size bytes. It is nil where the
	// source cannot. An engine makes a container for that, which is never started, and
	// removes it when the file is closed, or cannot be opened. An error is no
	// reason to give up: the file may still be read from its layer.
	ContainerFile func(ctx context.Context, path string, size int64) (io.ReadCloser, error)

	// File is the archive that the image lies in, open; nil where it is no regular
	// file. It is for looking at, not for reading.
	File *os.File

	// Fetched is how many bytes a registry has sent so far; nil elsewhere. Safe
	// for concurrent use.
	Fetched func() int64

	// Name is the first name that an archive has for the image; "" for none.
	Name string

	// NotInRegistry is why the image is an engine's copy although the registry was asked first; nil
	// elsewhere.
	NotInRegistry error

	// inspection is what an engine said of the image before it sent it; nil
	// elsewhere.
	inspection Inspection

	checks []func() error // that what was read is what it was when it was opened
	close  []func() error
	again  func(ctx context.Context) (*Image, error)
}

// Forget makes the image one that nothing is known of yet but its reference, for when one place failed to open it
// and another is asked. What is to be closed stays so.
func (i *Image) Forget() {
	*i = Image{Reference: i.Reference, close: i.close, again: i.again}
}

// OnAgain makes Again call open.
func (i *Image) OnAgain(open func(ctx context.Context) (*Image, error)) { i.again = open }

// Again opens what the reference names once more, with the same options, for whoever
// needs a Stream from its beginning. What it finds may be another image by now. The
// caller closes the image that it returns.
func (i *Image) Again(ctx context.Context) (*Image, error) { return i.again(ctx) }

// OnClose makes Close call free, after whatever was added later.
func (i *Image) OnClose(free func() error) { i.close = append(i.close, free) }

// OnVerify makes Unchanged call check.
func (i *Image) OnVerify(check func() error) { i.checks = append(i.checks, check) }

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

// Close frees what the image holds open: files, the directory, the connections that
// are idle, the engine's answer. It ends a Stream, and waits for nothing but, for two
// seconds at most, the removal of a container. Layers must not be read afterwards. The error is the first of those met; closing again does
// nothing.
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

// Note adds a sentence to the notes, unless it is there or empty.
func (i *Image) Note(text string) {
	if text != "" && !slices.Contains(i.Notes, text) {
		i.Notes = append(i.Notes, text)
	}
}
