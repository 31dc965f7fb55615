package archive

import (
	"archive/tar"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// files is what an archive, a directory or a stream holds, by name. Names are
// relative, slash-separated and clean; nothing outside can be named.
type files interface {
	// document returns a small file whole, manifest.MaxDocument bytes at most. The error
	// wraps fs.ErrNotExist where there is none.
	document(ctx context.Context, name string) ([]byte, error)
	// layer says where a file lies and how it is read: Blob, Size, Open and At.
	layer(name string) (image.Layer, error)
	// has reports whether there is a file of that name.
	has(name string) bool
	// nested returns a file one directory down that makes the directory an image, as in
	// image/index.json; "" for none.
	nested() string
}

// imageFiles are the files that make an image of what lies beside them.
var imageFiles = []string{"index.json", "manifest.json", "repositories"}

// missing is the error for a file that something refers to.
func missing(name string) error {
	return &usererror.Error{What: name + " is missing", Next: "the image is incomplete; save it again", Cause: fs.ErrNotExist}
}

const (
	// maxEntries is how many files an archive of images may hold. It keeps a
	// tar of somebody's root filesystem from being read to its end.
	maxEntries = 100_000
	// maxEntryName leaves out names that no saved image has.
	maxEntryName = 1024
	// maxEntrySize is the limit of one entry, and so of a layer: 64 GiB.
	maxEntrySize = 64 << 30
)

// entry is one file of a tar archive.
type entry struct {
	offset int64 // of its content, where the archive is read in place
	size   int64
	kind   content // of its content, where the archive is read as a stream
	data   []byte  // a document that was kept from a stream
	gone   bool    // a document that a stream could not keep
	sparse bool    // stored with holes: content and archive differ
}

// contents is what a tar archive holds: files and links between them. Old
// versions of docker save store a layer that two images share once and link to
// it (../<id>/layer.tar).
type contents struct {
	entries map[string]entry
	links   map[string]string
}

// cleanName makes a tar entry's name relative and clean. "" is no file.
func cleanName(name string) string {
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

// add files an entry under its name. As when a tar is unpacked, the last of
// several entries with the same name counts.
func (c *contents) add(header *tar.Header, e entry) error {
	if c.entries == nil {
		c.entries, c.links = make(map[string]entry), make(map[string]string)
	}
	name := cleanName(header.Name)
	if name == "" || len(name) > maxEntryName || len(header.Linkname) > maxEntryName {
		return nil
	}
	switch header.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
		if header.Size > maxEntrySize {
			return &usererror.Error{What: fmt.Sprintf("%s is larger than %d GiB", name, int64(maxEntrySize)>>30), Next: "tare does not read larger layers"}
		}
		delete(c.links, name)
		c.entries[name] = e
	case tar.TypeSymlink:
		if path.IsAbs(header.Linkname) {
			return nil
		}
		// Cleaned as a path from the root, "../../.." ends at the root: a link
		// may point astray but never out.
		delete(c.entries, name)
		c.links[name] = cleanName(path.Join("/", path.Dir(name), header.Linkname))
	case tar.TypeLink:
		if target := cleanName(header.Linkname); target != name {
			delete(c.entries, name)
			c.links[name] = target
		}
	}
	if len(c.entries)+len(c.links) > maxEntries {
		return &usererror.Error{What: fmt.Sprintf("it holds more than %d files", maxEntries), Next: "this is not an image archive; make one with docker save"}
	}
	return nil
}

// find follows links to a file. real is the name that holds the content.
func (c *contents) find(name string) (e entry, real string, ok bool) {
	real = cleanName(name)
	for range 16 {
		if e, ok := c.entries[real]; ok {
			return e, real, true
		}
		next, linked := c.links[real]
		if !linked {
			break
		}
		real = next
	}
	return entry{}, "", false
}

func (c *contents) has(name string) bool {
	_, _, ok := c.find(name)
	return ok
}

func (c *contents) nested() string {
	found := ""
	for name := range c.entries {
		dir, file, ok := strings.Cut(name, "/")
		if !ok || !slices.Contains(imageFiles, file) {
			continue
		}
		// Web pages have a manifest.json, too.
		if file == "index.json" && !c.has(dir+"/oci-layout") {
			continue
		}
		if found == "" || name < found {
			found = name
		}
	}
	return found
}

// isSparse reports whether a file is stored with holes (GNU's formats 0.0 to
// 1.0 and the old one), which archive/tar fills in while reading.
func isSparse(header *tar.Header) bool {
	if header.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range header.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}
