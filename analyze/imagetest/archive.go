package imagetest

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Archive is an image as some program saves it: named contents in the order of
// the tar. Its methods return an edited copy, so that one good archive can be
// broken in many ways.
type Archive []File

// Blob is where an OCI layout keeps the content of a digest.
func Blob(h v1.Hash) string { return "blobs/" + h.Algorithm + "/" + h.Hex }

// Tar packs the archive.
func (a Archive) Tar() []byte { return Tar(a...) }

// WriteDir unpacks the archive into an existing directory.
func (a Archive) WriteDir(dir string) error {
	for _, f := range a {
		at := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return fmt.Errorf("imagetest: %w", err)
		}
		var err error
		switch {
		case strings.HasSuffix(f.Path, "/"):
			err = os.MkdirAll(at, 0o755)
		case f.Type == tar.TypeSymlink:
			err = os.Symlink(filepath.FromSlash(f.Linkname), at)
		default:
			err = os.WriteFile(at, f.Body, 0o644)
		}
		if err != nil {
			return fmt.Errorf("imagetest: %w", err)
		}
	}
	return nil
}

// Names lists what the archive holds, in order.
func (a Archive) Names() []string {
	names := make([]string, len(a))
	for i, f := range a {
		names[i] = f.Path
	}
	return names
}

// Body returns the content of a name; it is the archive's own. It panics when
// there is no such name.
func (a Archive) Body(name string) []byte { return a[a.find(name)].Body }

// Without leaves a name out: a missing blob.
func (a Archive) Without(name string) Archive {
	i := a.find(name)
	return slices.Delete(slices.Clone(a), i, i+1)
}

// With gives a name another content, or adds it at the end: a wrong digest, a
// broken manifest.
func (a Archive) With(name string, body []byte) Archive {
	out := slices.Clone(a)
	for i := range out {
		if out[i].Path == name {
			out[i].Body = body
			return out
		}
	}
	return append(out, File{Path: name, Body: body})
}

// Truncate keeps the first n bytes of a name's content; a negative n takes that
// many away from the end.
func (a Archive) Truncate(name string, n int) Archive {
	return a.With(name, Truncate(a.Body(name), n))
}

// Flip changes one bit in the middle of a name's content: same size, wrong
// digest.
func (a Archive) Flip(name string) Archive {
	body := bytes.Clone(a.Body(name))
	body[len(body)/2] ^= 1
	return a.With(name, body)
}

// First moves a name to the front, to test that order does not matter.
func (a Archive) First(name string) Archive {
	f := a[a.find(name)]
	return append(Archive{f}, a.Without(name)...)
}

// Prefixed puts a prefix before every name: "./" as GNU tar of a directory does.
func (a Archive) Prefixed(prefix string) Archive {
	out := slices.Clone(a)
	for i := range out {
		out[i].Path = prefix + out[i].Path
	}
	return out
}

// Truncate keeps the first n bytes; a negative n takes that many away from the
// end.
func Truncate(b []byte, n int) []byte {
	if n < 0 {
		n += len(b)
	}
	return bytes.Clone(b[:n])
}

func (a Archive) find(name string) int {
	for i, f := range a {
		if f.Path == name {
			return i
		}
	}
	panic(fmt.Sprintf("imagetest: no %q in the archive; it holds %s", name, strings.Join(a.Names(), ", ")))
}

// add appends contents whose name is not there yet: layers may share a blob.
func (a Archive) add(files ...File) Archive {
	for _, f := range files {
		if !slices.ContainsFunc(a, func(g File) bool { return g.Path == f.Path }) {
			a = append(a, f)
		}
	}
	return a
}

// blob is a content under its digest in an OCI layout.
func blob(b []byte) File { return File{Path: Blob(Digest(b)), Body: b} }

func errNoLayer(h v1.Hash) error { return fmt.Errorf("imagetest: no layer %s in the image", h) }
