package indexstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// directory is a place in a directory that several machines see, such as a volume.
type directory struct{ dir string }

// newDirectory opens the place in a directory, which is made if it is not there.
func newDirectory(dir string) (*directory, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, &usererror.Error{What: "making the directory for indexes: " + err.Error(), Next: "name one that can be written to", Cause: err}
	}
	return &directory{dir}, nil
}

func (d *directory) String() string { return d.dir }

// path is the file of a document: DIR/SET/ab/abcd….
func (d *directory) path(of Name) string { return filepath.Join(d.dir, filepath.FromSlash(of.path())) }

// path is the document's name with slashes.
func (n Name) path() string {
	hex := strings.TrimPrefix(n.Layer, "sha256:")
	return n.Set + "/" + hex[:2] + "/" + hex
}

// Get reads the file of a layer.
func (d *directory) Get(_ context.Context, of Name, read func(io.Reader) error) error {
	path := d.path(of)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", path) // a pipe would never end
	}
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return read(file)
}

// Put writes the file of a layer, whole or not at all. Where another process wrote it at the same
// moment, one of both is there.
func (d *directory) Put(_ context.Context, of Name, doc []byte) error {
	path := d.path(of)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return atomicfile.Write(path, atomicfile.Options{Perm: 0o666}, func(to *os.File) error {
		_, err := to.Write(doc)
		return err
	})
}

// Has looks for the file of a layer.
func (d *directory) Has(_ context.Context, of Name) (bool, error) {
	_, err := os.Lstat(d.path(of))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
