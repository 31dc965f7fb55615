package source

import (
	"bytes"
	"context"
	"path"
)

// shelf is a place that holds one image or several, in one of the formats that
// tools save images in: a docker archive of either age, an OCI layout, or a
// directory of skopeo's.
type shelf interface {
	// open fills in the image that a name or digest means; "" for the only one.
	// asked is the platform the user wants, or "".
	open(ctx context.Context, img *Image, want, asked string) error
	// layersOf returns the diff IDs of an image on the same shelf.
	layersOf(ctx context.Context, reference, platform string) ([]string, error)
}

// formats says which formats to expect.
type formats struct {
	transport string // what the user wrote: docker-archive, oci-archive, oci-dir, dir or ""
	folder    bool   // a directory, not an archive
	where     string // how a user writes the place after the transport, for examples in errors; "" if no way
}

// recognise finds out which format files are in. An archive that is both, as
// Docker 25 and later write, counts as docker's, a directory as a layout.
func recognise(ctx context.Context, f files, as formats) (s shelf, source string, err error) {
	docker, oci, old := f.has("manifest.json"), f.has("index.json"), f.has("repositories")
	switch as.transport {
	case viaDockerArchive:
		oci = oci && !docker && !old
	case viaOCIArchive, viaOCIDir:
		docker, old, oci = false, false, true
	default:
		docker = docker && !(as.folder && oci)
	}
	switch {
	case as.transport == viaDir || as.folder && docker && isObject(ctx, f, "manifest.json"):
		s, err = openDirectory(ctx, f, as.example(viaDir))
		return s, viaDir, err
	case docker:
		s, err = openDockerArchive(ctx, f, as.example(viaDockerArchive))
		return s, viaDockerArchive, err
	case oci && as.transport == viaDockerArchive:
		return nil, "", &problem{what: "it is an OCI layout, not a docker archive", next: "write oci-archive: before it"}
	case oci:
		source = viaOCIArchive
		if as.folder {
			source = viaOCIDir
		}
		s, err = openLayout(ctx, f, as.example(source))
		return s, source, err
	case old:
		s, err = openLegacyArchive(ctx, f, as.example(viaDockerArchive))
		return s, viaDockerArchive, err
	}
	return nil, "", as.noImage(f.nested())
}

// isObject reports whether a document is a JSON object: docker save's
// manifest.json is a list.
func isObject(ctx context.Context, f files, name string) bool {
	doc, err := f.document(ctx, name)
	return err == nil && bytes.HasPrefix(bytes.TrimLeft(doc, " \t\r\n"), []byte("{"))
}

func (as formats) example(transport string) string {
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
func (as formats) noImage(nested string) error {
	below := path.Dir(nested)
	switch {
	case as.folder && nested != "":
		return &problem{what: "the folder is no image, but it holds " + nested, next: "name that folder: " + path.Join(as.where, below), cause: errAbsent}
	case as.folder:
		return &problem{what: "the folder is no image: it has neither index.json nor manifest.json", next: "name a folder in OCI layout, or an image", cause: errAbsent}
	case nested != "":
		return &problem{
			what:  "the tar is no image, but it holds " + nested + ": it was packed with its folder around it",
			next:  "pack what is in the folder, as with tar -C " + below + " -cf image.tar .",
			cause: errAbsent,
		}
	}
	return &problem{what: "the tar is no image: it has neither manifest.json nor index.json", next: "if it holds a root filesystem, make an image of it with docker import", cause: errAbsent}
}
