package archive

import (
	"archive/tar"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Found is an archive, a layout or a directory of skopeo's that looks like an image.
type Found struct {
	Name      string // in its directory
	Size      int64  // of an archive's file; 0 for a directory
	Changed   time.Time
	Directory bool
}

const (
	maxNames   = 1000    // entries of a directory that are looked at
	maxHeaders = 8       // of an archive
	maxHead    = 1 << 20 // bytes of an archive that are read, and as many that they unpack to
)

// extensions are how the names of archives end.
var extensions = []string{".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2", ".oci", ".ociarchive"}

// Find looks for images in a directory, in the order of their names. It judges by the
// names of files and what is at their beginning; opening one can still fail. What
// cannot be read is left out.
func Find(ctx context.Context, dir string) ([]Found, error) {
	place, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer place.Close()
	entries, err := place.ReadDir(maxNames)
	if err != nil && err != io.EOF {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	var found []Found
	for _, e := range entries {
		if ctx.Err() != nil {
			return found, ctx.Err()
		}
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path) // a link to an archive is one
		switch {
		case err != nil:
		case info.IsDir() && isImageDir(path):
			found = append(found, Found{Name: e.Name(), Changed: info.ModTime(), Directory: true})
		case info.Mode().IsRegular() && hasExtension(e.Name()) && beginsAsImage(path):
			found = append(found, Found{Name: e.Name(), Size: info.Size(), Changed: info.ModTime()})
		}
	}
	return found, nil
}

func hasExtension(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(extensions, func(end string) bool { return strings.HasSuffix(name, end) })
}

// isImageDir reports whether a directory has what an OCI layout begins with, or what
// skopeo writes.
func isImageDir(dir string) bool {
	has := func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	}
	return has("oci-layout") && has("index.json") || has("version") && has("manifest.json")
}

// ofImage matches what the first files of an image's archive are called: blobs and the
// documents of a layout, and the identifiers that docker archives are full of.
var ofImage = lazyregexp.New(`^(\./)?(blobs/|oci-layout$|index\.json$|manifest\.json$|repositories$|(sha256:)?[0-9a-f]{64}(/|\.|$))`)

// beginsAsImage reports whether a file begins as the archive of an image does.
func beginsAsImage(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	plain, done, err := plainTar(io.LimitReader(file, maxHead))
	defer done()
	if err != nil {
		return false
	}
	headers := tar.NewReader(io.LimitReader(plain, maxHead))
	for range maxHeaders {
		header, err := headers.Next()
		if err != nil {
			return false
		}
		if ofImage.MatchString(header.Name) {
			return true
		}
	}
	return false
}
