// Package source opens container images wherever they are: in a registry, in a Docker or Podman
// engine, in an archive or OCI layout, on standard input, or built into the program.
//
//	img, err := source.Open(ctx, "registry:ghcr.io/org/app:1", source.Options{})
//	defer img.Close()
//
// An opened Image has a manifest, a config and layers. Most sources know their layers at once
// and can read them in any order, several at a time. Two cannot: an engine and standard input
// send one tar, once, and announce its layers wherever in the tar they like. Such an image has
// a Stream, and its manifest, config and layers are known when the stream has ended.
//
// One Image serves everything that is done with an image, for as long as it is needed. Opening
// it costs the network time for a few small documents (at most 32 MiB each and 96 MiB
// together). Layers are read only when they are opened, and nothing runs in the background. An
// image holds open files or idle connections until Close.
//
// The packages below, each of which imports only those named before it:
//
//   - usererror: errors for a person, with what to do next
//   - imagename, platforms: comparing names and platforms
//   - image: Image, Layer and the other types that all sources fill in
//   - manifest: indexes, manifests and configs, and the image for a platform
//   - fileid, pipe, dockerconfig: files that change, pipes that wait, Docker's settings
//   - archive: docker archives of every age, OCI layouts, skopeo's dir:
//   - engine: the API of Docker and Podman
//   - registry: the OCI distribution spec, credentials, retries
//
// This package has the table of them (origins.go), standard input and the samples.
package source

import (
	"context"
	"os"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/pipe"
	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// The values that Open takes and returns. See package image for their fields.
type (
	// Image is an opened image.
	Image = image.Image
	// Options says how to open an image.
	Options = image.Options
	// Layer is one layer, not yet read.
	Layer = image.Layer
	// TOC is what a manifest says of a layer's table of contents.
	TOC = image.TOC
	// Stream delivers the blobs of an image that can be read only once.
	Stream = image.Stream
	// Blob is one blob of a Stream.
	Blob = image.Blob
)

// Advice returns the part of an error that says what is wrong and what to do
// next, where this package wrote one; else nil.
func Advice(err error) error { return usererror.Advice(err) }

// OpenFile opens a file for reading, and waits for a named pipe's writer as long as
// ctx lasts; see pipe.Open.
func OpenFile(ctx context.Context, path string, waiting func(what string)) (*os.File, error) {
	return pipe.Open(ctx, path, waiting)
}

// PlatformMatches reports whether a report's platform is the one that a user asks
// for, however it is spelled.
func PlatformMatches(have, asked string) bool { return platforms.Matches(have, asked) }
