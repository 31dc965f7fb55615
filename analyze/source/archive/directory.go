package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/source/fileid"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// directory is an unpacked layout or archive. os.Root keeps every look-up inside:
// a blob that is a symbolic link out of the directory is refused.
type directory struct {
	root *os.Root
	img  *image.Image // closes the layers' files
}

func newDirectory(dir string, img *image.Image) (*directory, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	img.OnClose(root.Close)
	return &directory{root: root, img: img}, nil
}

// open opens a regular file. Pipes and devices are refused before they are
// opened: opening a pipe waits for a writer.
func (f *directory) open(name string) (*os.File, int64, error) {
	local := filepath.FromSlash(cleanName(name))
	info, err := f.root.Stat(local)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, missing(name)
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return nil, 0, &usererror.Error{What: name + " is a link that leads out of the directory", Next: "copy the blob into the layout", Cause: err}
	case err != nil:
		return nil, 0, fmt.Errorf("reading %s: %w", name, err)
	case !info.Mode().IsRegular():
		return nil, 0, &usererror.Error{What: name + " is not a regular file", Next: "tare does not read this image layout"}
	}
	file, err := f.root.Open(local)
	if err != nil {
		return nil, 0, fmt.Errorf("reading %s: %w", name, err)
	}
	return file, info.Size(), nil
}

func (f *directory) has(name string) bool {
	info, err := f.root.Stat(filepath.FromSlash(cleanName(name)))
	return err == nil && info.Mode().IsRegular()
}

// nested looks into the directories, a few hundred at most.
func (f *directory) nested() string {
	dir, err := f.root.Open(".")
	if err != nil {
		return ""
	}
	defer dir.Close()
	below, _ := dir.ReadDir(maxLooked)
	slices.SortFunc(below, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, d := range below {
		// A manifest.json alone may be a web page's.
		for _, pair := range [][2]string{{"oci-layout", "index.json"}, {"version", "manifest.json"}} {
			if d.IsDir() && f.has(d.Name()+"/"+pair[0]) && f.has(d.Name()+"/"+pair[1]) {
				return d.Name() + "/" + pair[1]
			}
		}
	}
	return ""
}

// maxLooked is how many entries of a directory are looked at for a hint.
const maxLooked = 300

func (f *directory) document(_ context.Context, name string) ([]byte, error) {
	file, size, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if size > manifest.MaxDocument {
		return nil, manifest.TooLarge(name)
	}
	if manifest.PromisedDigest(cleanName(name)) == "" && cleanName(name) != "index.json" {
		if err := f.watchDocument(name, file); err != nil {
			return nil, err
		}
	}
	doc, err := io.ReadAll(io.LimitReader(file, manifest.MaxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return doc, nil
}

// layer opens the file at once, so that what is measured is what is read, and
// keeps it open until the image is closed.
func (f *directory) layer(name string) (image.Layer, error) {
	file, size, err := f.open(name)
	if err != nil {
		return image.Layer{}, err
	}
	f.img.OnClose(file.Close)
	check, err := fileid.Watch(file, name)
	if err != nil {
		return image.Layer{}, fmt.Errorf("reading %s: %w", name, err)
	}
	f.img.OnVerify(check)
	return image.Layer{Size: size, Open: sectionOpener(file, 0, size), At: file}, nil
}

// watchDocument makes the image find out if a document is another one when the
// layers have been read. It is for what no digest vouches for, as manifest.json
// and the config beside it. An index.json may well change: another image was
// added to the layout, and what it said of this one is verified by digests.
func (f *directory) watchDocument(name string, file *os.File) error {
	check, err := fileid.WatchName(file, name, func() (*os.File, error) {
		now, _, err := f.open(name)
		return now, err
	})
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	f.img.OnVerify(check)
	return nil
}
