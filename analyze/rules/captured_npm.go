package rules

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// maxPackageLock is the size in bytes up to which npm's list of what it installed is
// looked into.
const maxPackageLock = 4 << 20

// wantsOfNpm reports whether a file is npm's own list of what it installed in a
// directory, the package.json of a program, or JavaScript that it may start with.
func wantsOfNpm(name string, size int64) bool {
	if IsNodeSource(name) {
		dir, _ := path.Split(name)
		return size <= maxScript && (scriptDirs[dir] || scriptDirs[strings.TrimSuffix(dir, "src/")] || scriptDirs[strings.TrimSuffix(dir, "server/")] || dir == "home/node/app/")
	}
	if !strings.HasSuffix(name, ".json") { // every file of an image comes by
		return false
	}
	switch path.Base(name) {
	case ".package-lock.json":
		dir := path.Dir(name)
		return size <= maxPackageLock && path.Base(dir) == "node_modules" && !strings.Contains(path.Dir(dir)+"/", "node_modules/")
	case "package.json":
		return size <= maxScript && !strings.Contains(name, "node_modules/")
	}
	return false
}

// loads takes what a file of JavaScript requires or imports.
var loads = lazyregexp.New(`(?:\brequire\s*\(|\bfrom\b|\bimport\b\s*\(?)\s*["'\x60]((?:@[\w.-]+/)?[\w.-]+)`)

// NodeLoads returns the packages that a file of JavaScript requires or imports, each as often as it does.
func NodeLoads(text string) (modules []string) {
	for _, m := range loads.FindAllStringSubmatch(text, -1) {
		modules = append(modules, m[1])
	}
	return modules
}
