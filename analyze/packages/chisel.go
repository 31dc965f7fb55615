package packages

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// chiselManifest lists the packages of an image that Chisel cut from Ubuntu's, and the
// paths it has of each: a line of JSON each, sorted, compressed with zstd.
const chiselManifest = "var/lib/chisel/manifest.wall"

// Bounds of a manifest, decompressed: real ones unpack to some six times their size.
const (
	chiselRatio = 32
	chiselFloor = 64 << 10
	chiselMost  = 32 << 20
)

// chiselSize is how much a manifest may unpack to, in bytes.
func chiselSize(stored int) int64 {
	return min(chiselFloor+chiselRatio*int64(stored), chiselMost)
}

// chiselLine is a line of the manifest. The first line has JSONWall and Count instead of
// a kind. A path belongs to slices, named PACKAGE_SLICE.
type chiselLine struct {
	JSONWall string   `json:"jsonwall"`
	Count    int      `json:"count"`
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	Version  string   `json:"version"`
	Arch     string   `json:"arch"`
	Path     string   `json:"path"`
	Slices   []string `json:"slices"`
}

// readChisel reads Chisel's manifest. Its packages are Debian packages cut to size, and
// where dpkg's database has one of them, too, that is the same package: it stays dpkg's,
// and has what the manifest says it owns.
func readChisel(d *Database, f Files) (notes []string, err error) {
	stored := f[chiselManifest]
	if len(stored) == 0 {
		return nil, nil
	}
	text, err := unpackManifest(stored)
	var found []chiselLine
	paths := make(map[string][]string) // by package
	lines, count, bad := 0, -1, 0
	for line := range bytes.Lines(text) {
		lines++
		var l chiselLine
		if problem := json.Unmarshal(line, &l); problem != nil {
			bad++
			continue
		}
		switch {
		case l.JSONWall != "":
			count = l.Count
		case l.Kind == "package" && l.Name != "":
			if found = append(found, l); len(found) > maxPackages {
				return nil, errTooMany
			}
		case l.Kind == "path" && !strings.HasSuffix(l.Path, "/"):
			if of := chiselPackage(l.Slices); of != "" {
				paths[of] = append(paths[of], clean(l.Path))
			}
		}
	}
	if err == nil && (bad > 0 || lines != count) {
		err = fmt.Errorf("%s is damaged: %d of %d lines could be read", chiselManifest, lines-bad, max(count, lines))
	}
	if d.addChiseled(found, paths) {
		notes = append(notes, "chisel: its manifest names the packages' slices, but not which of them somebody named"+Unasked)
	}
	return notes, err
}

// chiselPackage is the package of a path's first slice; no package's name has a _.
func chiselPackage(slices []string) string {
	if len(slices) == 0 {
		return ""
	}
	name, _, _ := strings.Cut(slices[0], "_")
	return name
}

// addChiseled adds the packages of a manifest, and reports whether there are any that
// dpkg does not know.
func (d *Database) addChiseled(found []chiselLine, paths map[string][]string) bool {
	known := make(map[string]int, len(d.Packages)) // dpkg's, by name and architecture
	for i := range d.Packages {
		if p := &d.Packages[i]; p.Manager == Dpkg && p.State != ConfigFiles {
			known[p.Name+" "+p.Arch] = i
		}
	}
	added := false
	for i := range found {
		l := &found[i]
		if at, ok := known[l.Name+" "+l.Arch]; ok {
			d.Packages[at].files = both(d.Packages[at].files, paths[l.Name])
			continue
		}
		known[l.Name+" "+l.Arch] = len(d.Packages)
		added = true
		d.Packages = append(d.Packages, Package{
			Manager: Chisel, Name: l.Name, Version: l.Version, Arch: l.Arch, State: Installed, Reason: Unknown, row: unexplained,
			files: slices.Values(paths[l.Name]),
		})
		delete(paths, l.Name) // of two lines with one name the first has them
	}
	return added
}

// both yields the paths of two lists.
func both(first iter.Seq[string], second []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range first {
			if !yield(name) {
				return
			}
		}
		slices.Values(second)(yield)
	}
}

// unpackManifest returns what it could unpack, also with an error.
func unpackManifest(stored []byte) ([]byte, error) {
	most := chiselSize(len(stored))
	z, err := zstd.NewReader(bytes.NewReader(stored), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		return nil, fmt.Errorf("unpacking %s: %w", chiselManifest, err)
	}
	defer z.Close()
	text, err := io.ReadAll(io.LimitReader(z, most+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return text, fmt.Errorf("%s is cut off", chiselManifest)
	case err != nil:
		return text, fmt.Errorf("unpacking %s: %w", chiselManifest, err)
	case int64(len(text)) > most:
		return nil, fmt.Errorf("%s unpacks to more than %d bytes", chiselManifest, most)
	}
	return text, nil
}
