package language

import (
	"bytes"
	"path"
	"strings"
)

// Some stores keep each content under a name that tells nothing, and link it to where it is used:
// pnpm below store/v10/files, ostree below sysroot/ostree/repo/objects. Where the store's name
// comes first in the layer, the content is known by that name alone when it passes. So what looks
// like a file that tells of packages is read, and what it is is decided by its other names.

// ostreeObjects is where ostree keeps contents.
const ostreeObjects = "sysroot/ostree/repo/objects/"

// mayBegin reports whether a content that is known by its beginning may begin so: JSON, a program
// or an archive, wherever it lies, or anything in ostree's store. Nearly all contents begin in
// another way, and this tells so at a glance.
func mayBegin(name string, head []byte) bool {
	if len(head) == 0 {
		return false
	}
	switch head[0] {
	case '{', '\xef', '\x7f', 'P': // and byteOrderMark, ELF, zipLocal
		return true
	}
	return strings.HasPrefix(name, ostreeObjects)
}

// sniff returns what reads a content in a store, by its first bytes; nil for none.
func sniff(name string, head []byte, size int64) *look {
	if size > maxPackageJSON {
		return nil
	}
	if head = bytes.TrimPrefix(head, byteOrderMark); len(head) == 0 {
		return nil
	}
	stored := func(read func(string, []byte) (Found, bool)) *look { return upTo(maxPackageJSON, "", read) }
	switch {
	case head[0] == '{' && inStore(name):
		return stored(lookStored)
	case !strings.HasPrefix(name, ostreeObjects) || path.Ext(name) != ".file":
	case head[0] == '{':
		return stored(lookStored)
	case bytes.HasPrefix(head, []byte("Metadata-Version")):
		return stored(lookMetadata)
	case bytes.IndexFunc(head, func(r rune) bool { return r <= ' ' || r > '~' }) < 0:
		return stored(lookStoredRecord)
	}
	return nil
}

// inStore reports whether a file is in pnpm's store: …/v10/files/ab/cdef….
func inStore(name string) bool {
	if !strings.Contains(name, "/files/") {
		return false // as nearly always
	}
	dir := path.Dir(name)
	files := path.Dir(dir)
	version := path.Base(path.Dir(files))
	return len(path.Base(dir)) == 2 && path.Base(files) == "files" && len(version) > 1 && version[0] == 'v' && version[1] >= '0' && version[1] <= '9'
}

// lookStored reads a module's package.json, or npm's record of a directory of modules.
func lookStored(name string, content []byte) (Found, bool) {
	if f, ok := lookHiddenLock(name, content); ok {
		return f, true
	}
	f, ok := lookPackageJSON(modules+"/module/"+packageJSON, content)
	return f, ok && f.Rows[0].Name != ""
}

// lookStoredRecord reads a RECORD: lines of a path, a hash and a size.
func lookStoredRecord(name string, content []byte) (Found, bool) {
	line, _, _ := bytes.Cut(content, []byte("\n"))
	if bytes.Count(line, []byte(",")) < 2 || !bytes.Contains(line, []byte(",sha256=")) && !bytes.Contains(line, []byte(",,")) {
		return Found{}, false
	}
	return lookRecord(name, content)
}
