package source

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
)

// directory is an unpacked layout or archive. os.Root keeps every look-up inside:
// a blob that is a symbolic link out of the directory is refused.
type folder struct {
	root *os.Root
	img  *Image // closes the layers' files
}

func openFolder(dir string, img *Image) (*folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	img.onClose(root.Close)
	return &folder{root: root, img: img}, nil
}

// open opens a regular file. Pipes and devices are refused before they are
// opened: opening a pipe waits for a writer.
func (f *folder) open(name string) (*os.File, int64, error) {
	local := filepath.FromSlash(cleanName(name))
	info, err := f.root.Stat(local)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, missing(name)
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return nil, 0, &problem{what: name + " is a link that leads out of the folder", next: "copy the blob into the layout", cause: err}
	case err != nil:
		return nil, 0, fmt.Errorf("reading %s: %w", name, err)
	case !info.Mode().IsRegular():
		return nil, 0, &problem{what: name + " is not a regular file", next: "this is no image layout that tare reads"}
	}
	file, err := f.root.Open(local)
	if err != nil {
		return nil, 0, fmt.Errorf("reading %s: %w", name, err)
	}
	return file, info.Size(), nil
}

func (f *folder) has(name string) bool {
	info, err := f.root.Stat(filepath.FromSlash(cleanName(name)))
	return err == nil && info.Mode().IsRegular()
}

// nested looks into the directories, a few hundred at most.
func (f *folder) nested() string {
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

func (f *folder) document(_ context.Context, name string) ([]byte, error) {
	file, size, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if size > maxDocument {
		return nil, tooLarge(name)
	}
	if promisedDigest(cleanName(name)) == "" && cleanName(name) != "index.json" {
		if err := f.watchDocument(name, file); err != nil {
			return nil, err
		}
	}
	doc, err := io.ReadAll(io.LimitReader(file, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return doc, nil
}

// layer opens the file at once, so that what is measured is what is read, and
// keeps it open until the image is closed.
func (f *folder) layer(name string) (Layer, error) {
	file, size, err := f.open(name)
	if err != nil {
		return Layer{}, err
	}
	f.img.onClose(file.Close)
	check, err := unchanged(file, name)
	if err != nil {
		return Layer{}, fmt.Errorf("reading %s: %w", name, err)
	}
	f.img.onVerify(check)
	return Layer{Size: size, Open: sectionOpener(file, 0, size), At: file}, nil
}

// watchDocument makes the image find out if a document is another one when the
// layers have been read. It is for what no digest vouches for, as manifest.json
// and the config beside it. An index.json may well change: another image was
// added to the layout, and what it said of this one is verified by digests.
func (f *folder) watchDocument(name string, file *os.File) error {
	before, _, err := takeSnapshot(file)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	f.img.onVerify(func() error {
		now, _, err := f.open(name)
		if err != nil {
			return err
		}
		defer now.Close()
		info, err := now.Stat()
		if err != nil {
			return unreadable(err)
		}
		if !snapshotOf(now, info).equal(before) {
			return changedWhileRead(name)
		}
		return nil
	})
	return nil
}
