package fleet

import (
	"bytes"
	"slices"
	"strings"
)

// books are the files and, with a slash at the end, directories that a package manager writes again with every install,
// whatever is installed. They are whole files in the layer that installs, so that they weigh there what they weigh in a base.
var books = []string{
	"etc/ld.so.cache", "var/cache/ldconfig/", "var/cache/debconf/", "var/lib/dpkg/status", "var/lib/dpkg/status-old", "var/lib/apt/extended_states",
	"var/log/dpkg.log", "var/log/alternatives.log", "var/log/apt/", "var/log/dnf.log", "var/log/yum.log",
	"lib/apk/db/", "usr/lib/apk/db/", "var/lib/rpm/", "usr/lib/sysimage/rpm/", "var/lib/dnf/", "var/lib/yum/",
}

// isBook reports whether installing a package writes the file at a path again.
func isBook(path []byte) bool {
	// The first bytes rule out nearly all files of an image.
	if len(path) < 8 || !bytes.ContainsRune([]byte("elvu"), rune(path[0])) {
		return false
	}
	return slices.ContainsFunc(books, func(book string) bool {
		if strings.HasSuffix(book, "/") {
			return len(path) > len(book) && string(path[:len(book)]) == book
		}
		return string(path) == book
	})
}

// install charges what installing the packages that are lacking writes again: as much as the larger of both bases has of it. A
// package manager that only programs of one language use has no such files.
func (k *kept) install(from, to *Content, lacking []PackageWeight) {
	if !slices.ContainsFunc(lacking, func(w PackageWeight) bool {
		manager, _, _ := strings.Cut(w.Name, ":")
		return libraries[manager] != nil
	}) {
		return
	}
	more := from.Books
	if to.Books.Bytes > more.Bytes {
		more = to.Books
	}
	k.bytes, k.compressed = k.bytes+more.Bytes, sumOf(k.compressed, more.Compressed)
	k.books = more.Bytes
	if k.compressed >= 0 {
		k.books = more.Compressed
	}
	k.files += k.books
}
