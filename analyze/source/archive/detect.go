package archive

import (
	"bytes"
	"context"
	"path"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// format is a place that holds one image or several, in one of the formats that
// tools save images in: a docker archive of either age, an OCI layout, or a
// directory of skopeo's.
type format interface {
	// open fills in the image that a name or digest means; "" for the only one.
	// asked is the platform the user wants, or "".
	open(ctx context.Context, img *image.Image, want, asked string) error
	// layersOf returns the diff IDs of an image at the same place.
	layersOf(ctx context.Context, reference, platform string) ([]string, error)
}

// expected says which formats to expect.
type expected struct {
	transport string // what the user wrote: docker-archive, oci-archive, oci-dir, dir or ""
	directory bool   // a directory, not an archive
	where     string // how a user writes the place after the transport, for examples in errors; "" if no way
}

// detect finds out which format files are in. An archive that is both, as
// Docker 25 and later write, counts as docker's, a directory as a layout.
func detect(ctx context.Context, f files, as expected) (s format, source string, err error) {
	docker, oci, old := f.has("manifest.json"), f.has("index.json"), f.has("repositories")
	switch as.transport {
	case Docker:
		oci = oci && !docker && !old
	case OCI, OCIDir:
		docker, old, oci = false, false, true
	default:
		docker = docker && !(as.directory && oci)
	}
	switch {
	case as.transport == Dir || as.directory && docker && isObject(ctx, f, "manifest.json"):
		s, err = openSkopeoDir(ctx, f, as.example(Dir))
		return s, Dir, err
	case docker:
		s, err = openDockerArchive(ctx, f, as.example(Docker))
		return s, Docker, err
	case oci && as.transport == Docker:
		return nil, "", &usererror.Error{What: "it is an OCI layout, not a docker archive", Next: "write oci-archive: before it"}
	case oci:
		source = OCI
		if as.directory {
			source = OCIDir
		}
		s, err = openOCILayout(ctx, f, as.example(source))
		return s, source, err
	case old:
		s, err = openLegacyArchive(ctx, f, as.example(Docker))
		return s, Docker, err
	}
	return nil, "", as.noImage(f.nested())
}

// isObject reports whether a document is a JSON object: docker save's
// manifest.json is a list.
func isObject(ctx context.Context, f files, name string) bool {
	doc, err := f.document(ctx, name)
	return err == nil && bytes.HasPrefix(bytes.TrimLeft(doc, " \t\r\n"), []byte("{"))
}

func (as expected) example(transport string) string {
	if as.where == "" {
		return ""
	}
	if as.transport != "" {
		transport = as.transport
	}
	return transport + ":" + as.where
}

// noImage is the error for files that are no image in any format. nested is a
// file one directory down that would make one, or "".
func (as expected) noImage(nested string) error {
	below := path.Dir(nested)
	switch {
	case as.directory && nested != "":
		return &usererror.Error{What: "the directory is not an image, but it holds " + nested, Next: "name that directory: " + path.Join(as.where, below)}
	case as.directory:
		return &usererror.Error{What: "the directory is not an image: it has neither index.json nor manifest.json", Next: "name a directory in OCI layout, or an image"}
	case nested != "":
		return &usererror.Error{
			What: "the tar is not an image, but it holds " + nested + ": it was packed together with its directory",
			Next: "pack the content of the directory: tar -C " + below + " -cf image.tar .",
		}
	}
	return &usererror.Error{What: "the tar is not an image: it has neither manifest.json nor index.json", Next: "if it holds a root filesystem, make an image of it with docker import"}
}
