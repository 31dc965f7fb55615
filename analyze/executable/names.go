package executable

import (
	"bytes"
	"path"
	"strings"
)

// roots are the directories whose files a program may name. Programs of the distribution
// live elsewhere and come with what they need.
var roots = [][]byte{[]byte("/usr/"), []byte("/etc/"), []byte("/opt/"), []byte("/srv/"), []byte("/var/"), []byte("/app/"), []byte("/data/"), []byte("/home/"), []byte("/root/"), []byte("/lib/"), []byte("/bin/"), []byte("/src/"), []byte("/sbin/"), []byte("/code/"), []byte("/build/"), []byte("/work/"), []byte("/workspace/"), []byte("/go/"), []byte("/project/")}

// Searches reports whether the search for names finds those of files in a directory, by
// path without leading slash.
func Searches(dir string) bool {
	for _, root := range roots {
		if strings.HasPrefix("/"+dir+"/", string(root)) {
			return true
		}
	}
	return false
}

// rootsOf are the roots by the byte behind their first slash.
var rootsOf = func() (of [256][][]byte) {
	for _, root := range roots {
		of[root[1]] = append(of[root[1]], root)
	}
	return of
}()

// beginsWithRoot reports whether p, which begins with a slash, begins with a root.
func beginsWithRoot(p []byte) bool {
	if len(p) < 2 {
		return false
	}
	for _, root := range rootsOf[p[1]] {
		if bytes.HasPrefix(p, root) {
			return true
		}
	}
	return false
}

// IsSource reports whether a name is that of a file which a compiler of programs reads, or
// an object that it writes. Compilers note the names of sources in programs, for messages;
// no program reads them.
func IsSource(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".c", ".cc", ".cpp", ".cxx", ".c++", ".h", ".hh", ".hpp", ".hxx", ".inl", ".s", ".asm", ".go", ".rs", ".java", ".kt", ".scala", ".cs", ".fs", ".f90", ".f", ".for", ".o", ".lo", ".la", ".obj", ".rlib", ".rmeta", ".d":
		return true
	}
	return false
}

// nameEnd is where a name ends that p begins with.
func nameEnd(p []byte) int {
	for i, c := range p {
		if i == maxName || c != '/' && !isNameByte(c) {
			return i
		}
	}
	return len(p)
}

// isNameByte reports whether a byte may be of one name of a path.
func isNameByte(c byte) bool { return nameBytes[c] }

// nameBytes are those bytes: programs are searched byte by byte.
var nameBytes = func() (is [256]bool) {
	for c := range 256 {
		b := byte(c)
		is[c] = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("._-+@", b) >= 0
	}
	return is
}()
