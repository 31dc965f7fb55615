package imagetest

import (
	"archive/tar"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path"
	"strings"
	"time"
)

// Epoch is the time of every file, history item and config whose time is not
// set.
var Epoch = time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)

// File is one tar entry. The zero Type is a regular file, or a directory where
// Path ends in a slash. The zero Mode is 0644 for files, 0755 for directories
// and 0777 for symbolic links; Unset writes a mode of 0.
type File struct {
	Path     string
	Type     byte // tar.TypeReg, tar.TypeLink, …
	Body     []byte
	Mode     int64 // twelve Unix bits, or Unset
	UID, GID int
	Uname    string // the owner's name, which engines do not heed
	Linkname string
	Major    int64
	Minor    int64
	ModTime  time.Time         // Epoch when zero
	PAX      map[string]string // PAX records; of a global header where Type is tar.TypeXGlobalHeader
	Format   tar.Format        // tar.FormatUnknown lets archive/tar choose

	// Raw, when not nil, is written as it is instead of all of the above: whole
	// 512-byte blocks that archive/tar would not write.
	Raw []byte
}

// Unset is the Mode of an entry whose mode is 0.
const Unset int64 = -1

// Text is a regular file with a literal content.
func Text(path, body string) File { return File{Path: path, Body: []byte(body)} }

// Fill is a regular file with size bytes of noise that depends on the path, so
// two paths never share content.
func Fill(path string, size int64) File { return Same(path, path, size) }

// Same is a regular file with size bytes of noise that depends on the seed, so
// that two paths, or two layers, can share content.
func Same(path, seed string, size int64) File {
	return File{Path: path, Body: Noise(seed, size)}
}

// Dir is a directory.
func Dir(path string) File {
	return File{Path: strings.TrimSuffix(path, "/") + "/", Type: tar.TypeDir}
}

// Symlink is a symbolic link to target.
func Symlink(path, target string) File {
	return File{Path: path, Type: tar.TypeSymlink, Linkname: target}
}

// HardLink is another name of the file at target.
func HardLink(path, target string) File {
	return File{Path: path, Type: tar.TypeLink, Linkname: target}
}

// Whiteout hides a path of the layers below: an empty file `.wh.<name>` beside
// it.
func Whiteout(p string) File {
	dir, name := path.Split(p)
	return File{Path: dir + ".wh." + name}
}

// Opaque hides what the layers below have under a directory ("" is the root):
// an empty file `.wh..wh..opq` in it.
func Opaque(dir string) File { return File{Path: path.Join(dir, ".wh..wh..opq")} }

// Chmod returns the file with other permission bits.
func (f File) Chmod(mode int64) File {
	f.Mode = mode
	if mode == 0 {
		f.Mode = Unset
	}
	return f
}

// Chown returns the file with another owner.
func (f File) Chown(uid, gid int) File {
	f.UID, f.GID = uid, gid
	return f
}

// Noise returns size bytes that do not compress and depend on the seed alone.
func Noise(seed string, size int64) []byte {
	h := fnv.New64a()
	_, _ = h.Write([]byte(seed)) // never fails
	var key [32]byte
	copy(key[:], h.Sum(nil))
	b := make([]byte, size)
	_, _ = rand.NewChaCha8(key).Read(b) // never fails
	return b
}

func (f File) header() *tar.Header {
	h := &tar.Header{
		Typeflag: f.Type, Name: f.Path, Linkname: f.Linkname, Size: int64(len(f.Body)),
		Mode: f.Mode, Uid: f.UID, Gid: f.GID, Uname: f.Uname, Devmajor: f.Major, Devminor: f.Minor,
		ModTime: f.ModTime, PAXRecords: f.PAX, Format: f.Format,
	}
	if h.Typeflag == 0 {
		h.Typeflag = tar.TypeReg
		if strings.HasSuffix(f.Path, "/") {
			h.Typeflag = tar.TypeDir
		}
	}
	if h.Typeflag == tar.TypeXGlobalHeader {
		return &tar.Header{Typeflag: h.Typeflag, PAXRecords: f.PAX, Format: f.Format}
	}
	switch {
	case f.Mode == Unset:
		h.Mode = 0
	case f.Mode != 0:
	case h.Typeflag == tar.TypeDir:
		h.Mode = 0o755
	case h.Typeflag == tar.TypeSymlink:
		h.Mode = 0o777
	default:
		h.Mode = 0o644
	}
	if h.ModTime.IsZero() {
		h.ModTime = Epoch
	}
	return h
}

// writeTo appends the entry to an archive, padded to whole blocks.
func (f File) writeTo(w *tar.Writer, raw interface{ Write([]byte) (int, error) }) {
	if f.Raw != nil {
		check("pad the entry before a raw one", w.Flush())
		_, err := raw.Write(f.Raw)
		check("write a raw entry", err)
		return
	}
	err := w.WriteHeader(f.header())
	if err == nil {
		_, err = w.Write(f.Body)
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		check(fmt.Sprintf("write %q", f.Path), err)
	}
}

// check panics with a sentence that says which part of the test is wrong.
func check(doing string, err error) {
	if err != nil {
		panic(fmt.Sprintf("imagetest: %s: %v", doing, err))
	}
}
