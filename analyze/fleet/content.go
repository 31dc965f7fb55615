package fleet

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Content is what a base holds, as far as it matters to an image that would stand on
// another one.
type Content struct {
	// Runtime is what programs and packages of the base fit to: the package manager and
	// the upstream release of the C library, "" where the base has neither.
	Runtime  string          `json:"runtime"`
	Packages []PackageWeight `json:"packages"` // by name
	// Books are the files that the package manager writes again with every install: its database, logs and caches.
	Books PackageWeight `json:"books"`
	// Files are the base's files as [fileList] writes them.
	Files []byte `json:"files"`
}

// PackageWeight is a package and what its files weigh. Compressed is -1 where that is not
// known.
type PackageWeight struct {
	Name       string `json:"name"` // the manager, a colon, and the package's own
	Bytes      int64  `json:"bytes"`
	Compressed int64  `json:"compressed"`
}

// file is a file of a base. Those of packages and leftovers have no weight here.
type file struct {
	path              uint64 // a hash of it
	bytes, compressed int64  // compressed is -1 where that is not known
}

// fileList is a list of files by their hashes, in some bytes a file: the difference to the
// hash before, the bytes, and one more than the compressed bytes, as varints.
type fileList []byte

func (l fileList) with(f file, last uint64) fileList {
	l = binary.AppendUvarint(l, f.path-last)
	l = binary.AppendUvarint(l, uint64(f.bytes))
	return binary.AppendUvarint(l, uint64(f.compressed+1))
}

// next takes the first file off a list, whose hashes count from last. It reports whether
// there is one; damaged is for a list that nobody wrote.
func (l fileList) next(last uint64) (f file, rest fileList, ok, damaged bool) {
	if len(l) == 0 {
		return file{}, nil, false, false
	}
	var figures [3]uint64
	for i := range figures {
		n, size := binary.Uvarint(l)
		if size <= 0 {
			return file{}, nil, false, true
		}
		figures[i], l = n, l[size:]
	}
	f = file{last + figures[0], int64(figures[1]), int64(figures[2]) - 1}
	return f, l, true, f.path < last || !sane(f.bytes, max(f.compressed, 0)) || f.compressed < -1
}

// valid reports whether the content can be worked with, for one that was read from a file.
func (c *Content) valid() bool {
	at, list := uint64(0), fileList(c.Files)
	for {
		f, rest, ok, damaged := list.next(at)
		if damaged || !ok {
			return !damaged && c.Books.valid() && !slices.ContainsFunc(c.Packages, func(w PackageWeight) bool { return !w.valid() }) && slices.IsSortedFunc(c.Packages, func(a, b PackageWeight) int { return strings.Compare(a.Name, b.Name) })
		}
		at, list = f.path, rest
	}
}

// contentOf takes from the report of a base, which has a tree, what it holds.
func contentOf(r *model.Report) *Content {
	c := &Content{Runtime: runtimeOf(r.Packages), Packages: make([]PackageWeight, 0, len(r.Packages)), Files: []byte{}}
	weights := make([]PackageWeight, len(r.Packages))
	for i := range r.Packages {
		weights[i].Name = r.Packages[i].Manager + ":" + r.Packages[i].Name
	}
	var files []file
	var path []byte
	t := r.Tree
	for v := range t.Files() {
		if !v.Visible {
			continue
		}
		record := &t.Records[v.Record]
		f := file{bytes: record.Size.Bytes(), compressed: record.Compressed.Bytes()}
		owner := int32(-1)
		if t.Packages != nil {
			owner = t.Packages[v.Record]
		}
		path = t.AppendPath(path[:0], v.Name)
		if isBook(path) {
			c.Books.Bytes, c.Books.Compressed = c.Books.Bytes+f.bytes, sumOf(c.Books.Compressed, f.compressed)
		}
		switch {
		case record.Verdict == model.Leftover:
			f.bytes, f.compressed = 0, 0
		case owner >= 0:
			w := &weights[owner]
			w.Bytes, w.Compressed = w.Bytes+f.bytes, sumOf(w.Compressed, f.compressed)
			f.bytes, f.compressed = 0, 0
		}
		f.path = hashOf(path)
		files = append(files, f)
		for _, link := range v.Links {
			files = append(files, file{path: hashOf(t.AppendPath(nil, link))})
		}
	}
	slices.SortFunc(files, func(a, b file) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.bytes, b.bytes), cmp.Compare(a.compressed, b.compressed))
	})
	last := uint64(0)
	for _, f := range files {
		c.Files = fileList(c.Files).with(f, last)
		last = f.path
	}
	slices.SortFunc(weights, func(a, b PackageWeight) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Bytes, b.Bytes), cmp.Compare(a.Compressed, b.Compressed))
	})
	for _, w := range weights {
		// One package may be there in several versions or architectures.
		if n := len(c.Packages); n > 0 && c.Packages[n-1].Name == w.Name {
			last := &c.Packages[n-1]
			last.Bytes, last.Compressed = last.Bytes+w.Bytes, sumOf(last.Compressed, w.Compressed)
			continue
		}
		c.Packages = append(c.Packages, w)
	}
	return c
}

// sumOf adds two figures of which -1 means that it is not known.
func sumOf(a, b int64) int64 {
	if a < 0 || b < 0 {
		return -1
	}
	return a + b
}

func hashOf(path []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(path)
	return h.Sum64()
}

// libraries are the packages that bring the C library, by manager.
var libraries = map[string][]string{"dpkg": {"libc6"}, "apk": {"musl"}, "rpm": {"glibc", "glibc-minimal-langpack", "glibc-common"}}

// runtimeOf is the runtime of an image with these packages.
func runtimeOf(all []model.Package) string {
	manager := ""
	for i := range all {
		p := &all[i]
		if manager == "" || p.Manager < manager {
			manager = p.Manager
		}
		if slices.Contains(libraries[p.Manager], p.Name) {
			return p.Manager + " " + upstream(p.Version)
		}
	}
	return manager
}

// upstream is the release in a package's version: without epoch and revision, and no more
// than its first two numbers.
func upstream(version string) string {
	if _, after, ok := strings.Cut(version, ":"); ok {
		version = after
	}
	version, _, _ = strings.Cut(version, "-")
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(len(parts), 2)], ".")
}

// kept is what an image needs of one base that another one lacks, see the package comment.
type kept struct {
	bytes, compressed int64    // compressed is -1 where it is not known
	files             int64    // of bytes or, where that is known, compressed, in files of no package
	books             int64    // of files: what installing the packages writes again
	packages          []string // names without their manager, the largest first
}

// keptOf compares two contents.
func keptOf(from, to *Content) kept {
	var k kept
	var lacking []PackageWeight
	for i, j := 0, 0; i < len(from.Packages); i++ {
		w := from.Packages[i]
		for j < len(to.Packages) && to.Packages[j].Name < w.Name {
			j++
		}
		if j == len(to.Packages) || to.Packages[j].Name != w.Name {
			lacking = append(lacking, w)
			k.bytes, k.compressed = k.bytes+w.Bytes, sumOf(k.compressed, w.Compressed)
		}
	}
	slices.SortStableFunc(lacking, func(a, b PackageWeight) int { return cmp.Compare(b.Bytes, a.Bytes) })
	for _, w := range lacking {
		_, name, _ := strings.Cut(w.Name, ":")
		k.packages = append(k.packages, name)
	}
	bytes, compressed := filesLacking(from.Files, to.Files)
	k.bytes, k.compressed = k.bytes+bytes, sumOf(k.compressed, compressed)
	k.files = bytes
	if k.compressed >= 0 {
		k.files = compressed
	}
	k.install(from, to, lacking)
	return k
}

// filesLacking weighs the files of one list whose paths another one lacks.
func filesLacking(from, to fileList) (bytes, compressed int64) {
	theirs, theirRest, more, _ := to.next(0)
	f, rest, ok, _ := from.next(0)
	for ok {
		for more && theirs.path < f.path {
			theirs, theirRest, more, _ = theirRest.next(theirs.path)
		}
		if !more || theirs.path != f.path {
			bytes, compressed = bytes+f.bytes, sumOf(compressed, f.compressed)
		}
		f, rest, ok, _ = rest.next(f.path)
	}
	return bytes, compressed
}
