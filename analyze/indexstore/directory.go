package indexstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// directory is a place in a directory that several machines see, such as a volume. Whoever can
// write there could leave links that lead elsewhere: no link below the directory is followed, and
// nothing outside of it is read or written, whatever takes whose place in the meantime.
type directory struct {
	dir  string
	root *os.Root
}

// newDirectory opens the place in a directory. A name that was mistyped must not become a place that nobody looks into:
// the directory above has to be there, a new directory is told, and one that holds something else is refused, as
// is for who only reads one that is not there.
func newDirectory(dir string, opt Options) (*directory, error) {
	info, err := os.Stat(dir)
	switch {
	case dir == "":
		return nil, &usererror.Error{What: "there is no name of a directory", Next: "name a directory, oci://HOST/REPOSITORY or s3://BUCKET/PREFIX"}
	case errors.Is(err, fs.ErrNotExist) && opt.Keys != nil && opt.Keys.Sign == nil:
		return nil, &usererror.Error{What: "there is no such directory", Next: "name the one that the machines with the signing key fill", Cause: err}
	case errors.Is(err, fs.ErrNotExist):
		if err = os.Mkdir(dir, 0o777); errors.Is(err, fs.ErrNotExist) {
			return nil, &usererror.Error{What: "there is no directory " + filepath.Dir(dir), Next: "check the name, or make that directory", Cause: err}
		}
		if err == nil && opt.Warn != nil {
			opt.Warn(fmt.Sprintf("made the index store %s, which was not there", dir))
		}
		if errors.Is(err, fs.ErrExist) { // another shard was quicker
			err = nil
		}
	case err == nil && !info.IsDir():
		return nil, &usererror.Error{What: "it is not a directory", Next: "name a directory, oci://HOST/REPOSITORY or s3://BUCKET/PREFIX"}
	}
	var root *os.Root
	if err == nil {
		root, err = os.OpenRoot(dir)
	}
	if err != nil {
		return nil, &usererror.Error{What: "making the directory for indexes: " + err.Error(), Next: "name one that can be written to", Cause: err}
	}
	if foreign := somethingElse(root); foreign != "" {
		root.Close()
		return nil, &usererror.Error{What: "it has other things in it (such as " + foreign + ") and no indexes", Next: "name an index store, or an empty or new directory for one"}
	}
	return &directory{dir, root}, nil
}

// somethingElse names what lies in a directory that has no indexes, "" where it has some or is empty. What begins with a
// dot, and the lost+found of a volume, may lie anywhere.
func somethingElse(root *os.Root) (name string) {
	dir, err := root.Open(".")
	if err != nil {
		return ""
	}
	defer dir.Close()
	entries, _ := dir.ReadDir(maxLooked)
	for _, entry := range entries {
		switch {
		case isSet.MatchString(entry.Name()):
			return ""
		case name == "" && entry.Name() != "lost+found" && !strings.HasPrefix(entry.Name(), "."):
			name = entry.Name()
		}
	}
	return name
}

// maxLooked is how many names of a directory are looked at.
const maxLooked = 10_000

// isSet matches the directories of a store: what a scan finds out, and a secret.
var isSet = lazyregexp.New(`^layer[0-9]+-`)

func (d *directory) String() string { return d.dir }

// path is the document's name with slashes: SET/ab/abcd….
func (n Name) path() string {
	hex := strings.TrimPrefix(n.Layer, "sha256:")
	return n.Set + "/" + hex[:2] + "/" + hex
}

// look finds the file of a document, and refuses what is no file, or lies behind a link. The error is
// fs.ErrNotExist where there is none.
func (d *directory) look(of Name) error {
	name := of.path()
	for i, r := range name + "/" {
		if r != '/' {
			continue
		}
		info, err := d.root.Lstat(name[:i])
		switch {
		case err != nil:
			return err
		case info.Mode()&fs.ModeSymlink != 0:
			return &usererror.Error{What: name[:i] + " is a link, which is not followed there", Next: "remove it"}
		case i < len(name) && !info.IsDir():
			return &usererror.Error{What: name[:i] + " is no directory", Next: "remove it"}
		case i == len(name) && !info.Mode().IsRegular():
			return &usererror.Error{What: name + " is no file", Next: "remove it"} // a pipe would never end
		}
	}
	return nil
}

// Get reads the file of a layer.
func (d *directory) Get(_ context.Context, of Name, read func(io.Reader) error) error {
	err := d.look(of)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err != nil {
		return err
	}
	file, err := d.root.Open(of.path())
	if err != nil {
		return err
	}
	defer file.Close()
	return read(file)
}

// Put writes the file of a layer, whole or not at all. Where another process wrote it at the same
// moment, one of both is there. What is no directory stays, and is an error; what is no file is replaced.
func (d *directory) Put(_ context.Context, of Name, doc []byte) error {
	name := of.path()
	for _, dir := range []string{path.Dir(path.Dir(name)), path.Dir(name)} {
		if err := d.root.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		switch info, err := d.root.Lstat(dir); {
		case err != nil:
			return err
		case !info.IsDir():
			return &usererror.Error{What: dir + " is a link or a file, and no directory", Next: "remove it"}
		}
	}
	half := path.Join(path.Dir(name), fmt.Sprintf("%s%016x", atomicfile.Prefix, rand.Uint64()))
	file, err := d.root.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(doc)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = d.root.Rename(half, name)
	}
	if err != nil {
		_ = d.root.Remove(half)
	}
	return err
}

// Has looks for the file of a layer.
func (d *directory) Has(_ context.Context, of Name) (bool, error) {
	err := d.look(of)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
